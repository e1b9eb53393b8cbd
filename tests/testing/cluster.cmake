# The process supervisor of the tests and of ./dev cluster.
if(TREBOL_WITH_GRPC)
  trebol_module(mini_cluster
    SOURCES ask_cluster_id.cc cluster_record.cc fault_pipe.cc fault_proxy.cc health_probe.cc
            mini_cluster.cc port_reservation.cc process.cc server_log.cc test_key.cc
    DEPS trebol::client trebol::config trebol::proto_grpc absl::cleanup nlohmann_json::nlohmann_json)
  trebol_program(trebol-minicluster SOURCES cluster_main.cc
    DEPS trebol::mini_cluster CLI11::CLI11)
endif()

# trebol_story(NAME …): a trebol_test on a MiniCluster; the programs are built before it.
function(trebol_story name)
  trebol_test(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE trebol::mini_cluster)
  add_dependencies(${name} trebol-metadata trebol-storage trebol-gateway)
endfunction()
