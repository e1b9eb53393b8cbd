# ./dev bench availability: a cluster under faults, each beside the same cluster without.
if(TREBOL_WITH_GRPC)
  trebol_module(bench_timeline SOURCES sample.cc timeline.cc DEPS trebol::bench_load)
  trebol_program(trebol-bench-mixed
    SOURCES mixed_load.cc mixed_main.cc
    DEPS trebol::bench_timeline trebol::client SERVER)
endif()
