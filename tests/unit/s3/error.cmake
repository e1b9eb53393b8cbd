trebol_test(unit_s3_error_test SOURCES s3_error_test.cc DEPS trebol::gateway_s3_error)
