# What S3 clients send, each as it is read.
trebol_fuzz(fuzz_s3_xml SOURCES s3_xml_fuzz.cc DEPS trebol::gateway_s3_codec SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/s3_xml)
trebol_fuzz(fuzz_aws_chunked SOURCES aws_chunked_fuzz.cc DEPS trebol::gateway_s3_codec SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/aws_chunked)
trebol_fuzz(fuzz_byte_range SOURCES byte_range_fuzz.cc DEPS trebol::gateway_s3_codec SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/byte_range)
trebol_fuzz(fuzz_form_data SOURCES form_data_fuzz.cc DEPS trebol::gateway_s3_codec SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/form_data)
trebol_fuzz(fuzz_upload_headers SOURCES upload_headers_fuzz.cc
  DEPS trebol::gateway_s3_codec trebol::gateway_s3_error SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/upload_headers)
