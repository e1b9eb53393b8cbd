trebol_test(unit_s3_codec_test
  SOURCES aws_chunked_test.cc bucket_xml_test.cc byte_range_test.cc form_data_test.cc
          http_dates_test.cc object_headers_test.cc object_xml_test.cc preconditions_header_test.cc query_headers_test.cc
          request_target_test.cc response_headers_test.cc xml_answers_test.cc xml_reader_test.cc
          xml_writer_test.cc
  DEPS trebol::gateway_s3_codec RAPIDCHECK)
