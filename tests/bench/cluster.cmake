# ./dev bench: a driver, and two programs that it starts, the raw limits and the load of a cluster.
# Both sides run on the allocator of the servers.
if(TREBOL_WITH_GRPC)
  trebol_module(bench_load
    SOURCES load_flags.cc load_meter.cc load_report.cc machine.cc process_usage.cc
    DEPS trebol::base CLI11::CLI11 nlohmann_json::nlohmann_json)
  trebol_module(bench_rows SOURCES rows.cc DEPS trebol::bench_load)

  trebol_program(trebol-bench-raw
    SOURCES raw_disk.cc raw_load.cc raw_main.cc raw_relay.cc raw_sink.cc
    DEPS trebol::bench_load trebol::rpc trebol::proto_grpc SERVER)
  trebol_program(trebol-bench-load
    SOURCES load_main.cc namespace_load.cc object_load.cc
    DEPS trebol::bench_load trebol::client SERVER)
  trebol_program(trebol-cluster-bench
    SOURCES cluster_bench.cc cluster_bench_main.cc memory_watch.cc programs.cc raw_servers.cc
    DEPS trebol::bench_rows trebol::mini_cluster)
  # ./dev bench s3: the same of the other door.
  trebol_program(trebol-bench-s3
    SOURCES s3_connection.cc s3_load_main.cc DEPS trebol::bench_load trebol::sigv4 SERVER)
  trebol_program(trebol-s3-bench
    SOURCES programs.cc s3_bench_main.cc s3_connection.cc
    DEPS trebol::bench_rows trebol::mini_cluster trebol::digest trebol::sigv4)
endif()

# It takes all of the machine for half a minute.
if(TREBOL_WITH_GRPC AND NOT TREBOL_SANITIZE)
  trebol_story(cluster_bench_test SOURCES cluster_bench_test.cc
    DEPS trebol::bench_rows nlohmann_json::nlohmann_json TIMEOUT 300 SERIAL)
  target_compile_definitions(cluster_bench_test
    PRIVATE TREBOL_CLUSTER_BENCH="$<TARGET_FILE:trebol-cluster-bench>")
  add_dependencies(cluster_bench_test trebol-cluster-bench trebol-bench-raw trebol-bench-load)
  trebol_story(s3_bench_test SOURCES s3_bench_test.cc
    DEPS nlohmann_json::nlohmann_json TIMEOUT 300 SERIAL)
  target_compile_definitions(s3_bench_test PRIVATE TREBOL_S3_BENCH="$<TARGET_FILE:trebol-s3-bench>")
  add_dependencies(s3_bench_test trebol-s3-bench trebol-bench-s3 trebol-bench-load)
endif()
