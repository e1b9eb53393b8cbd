trebol_test(planted_audits_test SOURCES audits_planted_test.cc
  DEPS trebol::testing_programs LABELS planted TIMEOUT 600)
