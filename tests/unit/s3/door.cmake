trebol_test(unit_s3_door_test SOURCES routes_test.cc s3_body_test.cc DEPS trebol::gateway_s3_door)
