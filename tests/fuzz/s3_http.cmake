trebol_fuzz(s3_http_fuzz SOURCES s3_http_fuzz.cc DEPS trebol::gateway_s3_http SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/s3_http)
