# ./dev bench availability: a cluster under faults, each beside the same cluster without.
if(TREBOL_WITH_GRPC)
  trebol_module(bench_timeline
    SOURCES fault_rows.cc gateway_counters.cc sample.cc timeline.cc
    DEPS trebol::bench_load trebol::http)
  trebol_program(trebol-bench-mixed
    SOURCES mixed_load.cc mixed_main.cc
    DEPS trebol::bench_timeline trebol::client SERVER)
  trebol_program(trebol-availability-bench
    SOURCES availability_bench.cc availability_main.cc fault_rig.cc fault_scenarios.cc
            overload_scenario.cc programs.cc repair_scenario.cc running_load.cc
    DEPS trebol::bench_timeline trebol::client trebol::mini_cluster)
endif()

# It takes all of the machine for a minute.
if(TREBOL_WITH_GRPC AND NOT TREBOL_SANITIZE)
  trebol_story(availability_bench_test SOURCES availability_bench_test.cc
    DEPS trebol::bench_timeline nlohmann_json::nlohmann_json TIMEOUT 300 SERIAL)
  target_compile_definitions(availability_bench_test
    PRIVATE TREBOL_AVAILABILITY_BENCH="$<TARGET_FILE:trebol-availability-bench>")
  add_dependencies(availability_bench_test
    trebol-availability-bench trebol-bench-mixed trebol-storage-faulty)
endif()
