trebol_test(planted_moves_test SOURCES moves_planted_test.cc
  DEPS trebol::simulation_moves LABELS planted TIMEOUT 600)
