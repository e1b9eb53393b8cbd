trebol_test(unit_s3_access_test
  SOURCES bucket_policy_test.cc canned_acl_test.cc DEPS trebol::gateway_s3_access)
