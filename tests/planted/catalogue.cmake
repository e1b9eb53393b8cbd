# The programs that the catalogue names are built before it.
trebol_test(planted_catalogue_test
  SOURCES catalogue.cc catalogue_test.cc ${CMAKE_SOURCE_DIR}/tests/unit/tree/source_tree.cc
  DEPS trebol::testing_programs LABELS planted TIMEOUT 600)
target_compile_definitions(planted_catalogue_test PRIVATE TREBOL_TREE="${CMAKE_SOURCE_DIR}")
add_dependencies(planted_catalogue_test unit_async_test unit_client_test unit_engine_chunk_store_test
  unit_engine_disk_errors_test unit_engine_inventory_test unit_engine_recovery_test
  unit_engine_superblock_test unit_gateway_replication_test unit_gateway_test unit_metadata_catalog_test
  unit_metadata_cluster_test unit_resilience_test unit_rpc_test unit_storage_background_test
  unit_storage_service_test)
