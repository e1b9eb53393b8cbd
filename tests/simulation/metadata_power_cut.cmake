trebol_test(simulation_metadata_power_cut_test
  SOURCES metadata_power_cut_test.cc
  DEPS trebol::metadata_catalog trebol::testing_metadata trebol::testing_simulated_disk
  TIMEOUT 300 LABELS simulation randomised)
