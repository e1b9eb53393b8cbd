trebol_fuzz(fuzz_metadata SOURCES metadata_fuzz.cc
  DEPS trebol::metadata_log trebol::metadata_state SECONDS 10)
trebol_fuzz(fuzz_payload_codec SOURCES payload_codec_fuzz.cc DEPS trebol::rpc SECONDS 10)
trebol_fuzz(fuzz_text SOURCES text_fuzz.cc
  DEPS trebol::cli trebol::config trebol::telemetry SECONDS 10)
