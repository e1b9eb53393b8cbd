trebol_test(simulation_collector_model_test
  SOURCES collector_model.cc collector_model_test.cc collector_world.cc
  DEPS trebol::metadata_catalog trebol::testing_metadata PkgConfig::XXHASH
  TIMEOUT 600 LABELS simulation)
