trebol_module(simulation_engine_power_cut SOURCES engine_power_cut.cc
  DEPS trebol::engine trebol::testing_simulated_disk)
trebol_test(simulation_engine_power_cut_test SOURCES engine_power_cut_test.cc
  DEPS trebol::simulation_engine_power_cut LABELS simulation randomised TIMEOUT 300)
