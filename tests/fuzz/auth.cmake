trebol_fuzz(fuzz_sigv4 SOURCES sigv4_fuzz.cc
  DEPS trebol::gateway_s3_auth trebol::sigv4 SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/sigv4)
trebol_fuzz(fuzz_post_policy SOURCES post_policy_fuzz.cc
  DEPS trebol::gateway_s3_auth trebol::sigv4 SECONDS 10
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/post_policy)
