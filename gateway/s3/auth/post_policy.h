#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/s3/auth/authenticate.h"
#include "gateway/s3/auth/credentials.h"
#include "gateway/s3/auth/policy_document.h"

namespace trebol {

/// The form of an upload by POST, without its file. A value.
struct PostForm {
  std::string bucket;  // of the URL
  /// Those before the file, in their order, names in any case; `${filename}` is replaced already.
  std::vector<std::pair<std::string, std::string>> fields;
};

/// An upload that may go on. A value.
struct PostPermit {
  Signer signer;
  SizeRange size;  // of the file: CheckSize
};

/// The gate of POST forms: the signature of the policy, then the policy (CheckPolicy). A form with
/// neither policy nor signature is anonymous. Errors: InvalidArgument for a missing or doubled
/// field, another algorithm or a malformed credential; InvalidToken for a session token;
/// ACCESS_KEY_UNKNOWN, ACCESS_KEY_EXPIRED, SIGNATURE_MISMATCH; those of CheckPolicy; what `source`
/// says. `source` outlives the call. Idempotent: a form may be used until its policy expires, as in
/// S3.
Task<PostPermit> AuthenticatePost(RequestContextPtr context, PostForm form, absl::Time now,
                                  AuthOptions options, CredentialSource* source);

}  // namespace trebol
