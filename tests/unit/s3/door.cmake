trebol_test(unit_s3_door_test
  SOURCES cors_answer_test.cc door_access_test.cc door_objects_test.cc door_rig.cc routes_test.cc
          s3_body_test.cc ../http/raw_client.cc
  DEPS trebol::gateway_s3_door trebol::testing_api)
trebol_test(unit_s3_reference_test SOURCES s3_reference_test.cc DEPS trebol::gateway_s3_door)
target_compile_definitions(unit_s3_reference_test PRIVATE TREBOL_TREE="${CMAKE_SOURCE_DIR}")
