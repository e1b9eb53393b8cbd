# Services as the network reaches them.
if(NOT TREBOL_WITH_GRPC)
  return()
endif()
add_library(trebol_fuzz_wire_calls STATIC EXCLUDE_FROM_ALL
  ${CMAKE_CURRENT_LIST_DIR}/wire_calls.cc)
target_link_libraries(trebol_fuzz_wire_calls PUBLIC trebol::rpc trebol_fuzz_message_maker)
trebol_fuzz(fuzz_public_services SOURCES public_services_fuzz.cc api_words.cc
  DEPS trebol::testing_api trebol::gateway_grpc trebol::gateway_object trebol::rpc
       trebol_fuzz_wire_calls SECONDS 20 LONG SLOW)
trebol_fuzz(fuzz_internal_services SOURCES internal_services_fuzz.cc
  DEPS trebol::metadata_service trebol::metadata_cluster trebol::metadata_catalog
       trebol::storage_service trebol::testing_metadata trebol::rpc trebol_fuzz_wire_calls
       SECONDS 20 LONG SLOW)
