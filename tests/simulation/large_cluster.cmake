# The control plane of a thousand nodes; release only, a sanitizer would take minutes.
if(TREBOL_WITH_GRPC AND NOT TREBOL_SANITIZE)
  trebol_module(simulation_large_cluster SOURCES large_cluster.cc
    DEPS trebol::storage_background trebol::metadata_cluster GTest::gtest)
  trebol_test(simulation_large_cluster_test SOURCES large_cluster_test.cc
    DEPS trebol::simulation_large_cluster LABELS simulation randomised TIMEOUT 600)
endif()
