add_library(trebol_testing_metadata STATIC
  ${CMAKE_CURRENT_LIST_DIR}/catalog_invariants.cc
  ${CMAKE_CURRENT_LIST_DIR}/memory_catalog.cc
  ${CMAKE_CURRENT_LIST_DIR}/memory_transaction.cc
  ${CMAKE_CURRENT_LIST_DIR}/metadata_commands.cc)
target_link_libraries(trebol_testing_metadata PUBLIC trebol_options trebol::metadata_catalog)
add_library(trebol::testing_metadata ALIAS trebol_testing_metadata)
