# Stories on a cluster of real processes.
function(trebol_cluster_story name)
  trebol_story(integration_${name}_test SOURCES ${name}_test.cc DEPS trebol::testing_story ${ARGN})
  add_dependencies(integration_${name}_test trebol)
endfunction()

trebol_cluster_story(storage_node_dies_during_load TIMEOUT 600)
trebol_cluster_story(everything_dies TIMEOUT 600)
trebol_cluster_story(metadata_dies TIMEOUT 600)
trebol_cluster_story(gateway_dies_mid_upload nlohmann_json::nlohmann_json TIMEOUT 600)
trebol_cluster_story(client_repeats_writes TIMEOUT 300)
trebol_cluster_story(later_joiner_waits nlohmann_json::nlohmann_json TIMEOUT 300)
trebol_cluster_story(hung_node TIMEOUT 600)
trebol_cluster_story(copies_are_made_again TIMEOUT 300)
trebol_cluster_story(one_of_five_away TIMEOUT 600)
trebol_cluster_story(nodes_come_and_go TIMEOUT 600)
trebol_cluster_story(jobs trebol::http TIMEOUT 600)
trebol_cluster_story(object_explain TIMEOUT 300)
trebol_cluster_story(cluster_health trebol::http TIMEOUT 300)
trebol_cluster_story(audits trebol::checksum trebol::cluster TIMEOUT 600)

# The whole API.
trebol_cluster_story(object_api TIMEOUT 600)
trebol_cluster_story(root_key trebol::metadata_service TIMEOUT 300)
trebol_cluster_story(call_keys TIMEOUT 300)
trebol_cluster_story(object_door TIMEOUT 300)
trebol_cluster_story(operation_ids TIMEOUT 300)
trebol_cluster_story(conditional_races TIMEOUT 600 LABELS randomised)
trebol_cluster_story(cli_transfers trebol::http TIMEOUT 600)
trebol_cluster_story(cli_completion TIMEOUT 300)

# What may be wrong with a request, a start, a disk.
trebol_cluster_story(bad_requests TIMEOUT 300)
trebol_cluster_story(bad_fields TIMEOUT 300)
trebol_cluster_story(bad_attributes TIMEOUT 300)
trebol_cluster_story(bad_start TIMEOUT 300)
trebol_cluster_story(unknown_format trebol::metadata_state TIMEOUT 300)
trebol_cluster_story(internal_ports trebol::cluster trebol::rpc TIMEOUT 300)
trebol_cluster_story(plain_clients trebol::http nlohmann_json::nlohmann_json TIMEOUT 300)
trebol_cluster_story(full_disk TIMEOUT 600)

# Figures.
trebol_cluster_story(gateway_memory TIMEOUT 600)
