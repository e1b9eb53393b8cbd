# What the stories share: the cluster and its client, a load with a ledger, programs run to their end.
if(TREBOL_WITH_GRPC)
  trebol_module(testing_story
    SOURCES load.cc made_bytes.cc raw_calls.cc run_program.cc story.cc
    DEPS trebol::mini_cluster trebol::client trebol::proto_grpc gRPC::grpc++ GTest::gtest)
endif()
