# Pull, push and forget between storage nodes; tests/planted has the defects that this must catch.
if(TREBOL_WITH_GRPC)
  trebol_module(simulation_moves SOURCES moves_network.cc moves_world.cc
    DEPS trebol::storage_background trebol::base)
  trebol_test(simulation_moves_test SOURCES moves_test.cc
    DEPS trebol::simulation_moves LABELS simulation randomised TIMEOUT 600)
endif()
