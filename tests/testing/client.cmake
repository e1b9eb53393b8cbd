# An in-process gateway over a map, for the tests of client and command line.
if(TREBOL_WITH_GRPC)
  trebol_module(testing_fake_gateway
    SOURCES fake_gateway.cc fake_listings.cc fake_object_store.cc fake_sessions.cc
    DEPS trebol::proto_grpc trebol::base trebol::checksum trebol::rpc)
endif()
