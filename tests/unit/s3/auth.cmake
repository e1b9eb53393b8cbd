trebol_test(unit_s3_auth_test
  SOURCES auth_refusals_test.cc authenticate_test.cc credential_scope_test.cc payload_rule_test.cc
          key_source_test.cc old_signature_test.cc policy_document_test.cc post_policy_test.cc presigned_test.cc
  DEPS trebol::gateway_s3_auth)
trebol_test(unit_s3_auth_mutations_test
  SOURCES auth_mutations_test.cc
  DEPS trebol::gateway_s3_auth LABELS randomised)
