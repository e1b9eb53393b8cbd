trebol_test(unit_s3_http_parts_test
  SOURCES http_chunked_decoder_test.cc http_head_parser_test.cc http_small_parts_test.cc
  DEPS trebol::gateway_s3_http)
trebol_test(unit_s3_http_server_test
  SOURCES http_bodies_test.cc http_limits_test.cc http_requests_test.cc http_rig.cc
    http_shutdown_test.cc ../http/raw_client.cc
  DEPS trebol::gateway_s3_http)
trebol_test(unit_s3_http_tls_test
  SOURCES http_rig.cc http_tls_test.cc test_certificate.cc tls_client.cc ../http/raw_client.cc
  DEPS trebol::gateway_s3_http)
