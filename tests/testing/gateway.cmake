# Twins of what a gateway calls, and a gateway's rooms wired on them.
if(TREBOL_WITH_GRPC)
  trebol_module(testing_gateway
    SOURCES fake_metadata_stub.cc fake_storage_stub.cc gateway_rig.cc
    DEPS trebol::gateway_grpc trebol::gateway_object trebol::checksum)
  trebol_module(testing_api
    SOURCES api_rig.cc catalog_stub.cc
    DEPS trebol::testing_gateway trebol::testing_metadata)
endif()
