# Errors of one node's disk under a whole cluster; release only, a sanitizer would take many minutes.
if(TREBOL_WITH_GRPC AND NOT TREBOL_SANITIZE)
  trebol_module(simulation_cluster_disk_errors SOURCES cluster_disk_errors.cc
    DEPS trebol::simulation_cluster_power_cut)
  trebol_test(simulation_cluster_disk_errors_test SOURCES cluster_disk_errors_test.cc
    DEPS trebol::simulation_cluster_disk_errors LABELS simulation randomised TIMEOUT 900)
endif()
