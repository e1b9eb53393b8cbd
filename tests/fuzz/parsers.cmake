trebol_fuzz(fuzz_metadata SOURCES metadata_fuzz.cc
  DEPS trebol::metadata_log trebol::metadata_state SECONDS 10)
trebol_fuzz(fuzz_payload_codec SOURCES payload_codec_fuzz.cc DEPS trebol::rpc SECONDS 10)
trebol_fuzz(fuzz_text SOURCES text_fuzz.cc
  DEPS trebol::cli trebol::config trebol::telemetry trebol::rpc SECONDS 10)
trebol_fuzz(fuzz_settings SOURCES settings_fuzz.cc DEPS trebol::config SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/settings)
trebol_fuzz(fuzz_http SOURCES http_fuzz.cc ../unit/http/raw_client.cc DEPS trebol::http SECONDS 10)
