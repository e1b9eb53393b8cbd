# Programs run to their end.
trebol_module(testing_programs SOURCES run_program.cc DEPS trebol::base)
# What the stories share: the cluster and its client, a load with a ledger.
if(TREBOL_WITH_GRPC)
  trebol_module(testing_load SOURCES load.cc made_bytes.cc DEPS trebol::base trebol::client)
  trebol_module(testing_story
    SOURCES raw_calls.cc story.cc
    DEPS trebol::testing_load trebol::testing_programs trebol::mini_cluster trebol::proto_grpc
         gRPC::grpc++ GTest::gtest)
endif()
