trebol_test(planted_versions_test SOURCES versions_planted_test.cc
  DEPS trebol::testing_programs LABELS planted TIMEOUT 600)
