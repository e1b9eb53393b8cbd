# A whole cluster in one process on a simulated disk: all real but for the wire and the clock.
if(TREBOL_WITH_GRPC)
  trebol_module(testing_simulated_cluster
    SOURCES direct_stubs.cc simulated_cluster.cc
    DEPS trebol::gateway_object trebol::metadata_cluster trebol::storage_background
         trebol::testing_simulated_disk)
endif()
