# Damaged disks under a whole cluster.
if(TREBOL_WITH_GRPC)
  trebol_module(simulation_cluster_damage SOURCES cluster_damage.cc disk_damage.cc
    DEPS trebol::simulation_cluster_power_cut)
  trebol_test(simulation_cluster_damage_test SOURCES cluster_damage_test.cc
    DEPS trebol::simulation_cluster_damage LABELS simulation randomised TIMEOUT 900)
endif()
