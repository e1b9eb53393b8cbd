add_library(trebol_fuzz_message_maker STATIC EXCLUDE_FROM_ALL
  ${CMAKE_CURRENT_LIST_DIR}/message_maker.cc ${CMAKE_CURRENT_LIST_DIR}/score.cc)
target_link_libraries(trebol_fuzz_message_maker PUBLIC trebol_options trebol::proto trebol::telemetry)
trebol_fuzz(fuzz_object_names SOURCES object_names_fuzz.cc
  DEPS trebol::gateway_object trebol::object SECONDS 10)
trebol_fuzz(fuzz_catalog SOURCES catalog_fuzz.cc
  DEPS trebol::metadata_catalog trebol::testing_metadata trebol_fuzz_message_maker SECONDS 20 LONG)
trebol_fuzz(fuzz_api SOURCES api_fuzz.cc api_words.cc
  DEPS trebol::testing_api trebol::gateway_object trebol::metadata_catalog trebol::object
       trebol_fuzz_message_maker SECONDS 20 LONG)
trebol_fuzz(fuzz_chunk_calls SOURCES chunk_calls_fuzz.cc
  DEPS trebol::storage_service trebol::cluster trebol_fuzz_message_maker SECONDS 10 LONG)
