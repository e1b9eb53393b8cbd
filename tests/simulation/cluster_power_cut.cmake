# Power cuts under a whole cluster; tests/planted has the defects that this must catch.
if(TREBOL_WITH_GRPC)
  trebol_module(simulation_cluster_power_cut
    SOURCES cluster_audit.cc cluster_ledger.cc cluster_power_cut.cc power_cut_client.cc
    DEPS trebol::testing_simulated_cluster)
  trebol_test(simulation_cluster_power_cut_test SOURCES cluster_power_cut_test.cc
    DEPS trebol::simulation_cluster_power_cut LABELS simulation randomised TIMEOUT 600)
endif()
