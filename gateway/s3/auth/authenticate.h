#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/http/request_head.h"
#include "gateway/s3/auth/credentials.h"
#include "gateway/s3/auth/payload_rule.h"

namespace trebol {

struct AuthOptions {
  /// The region that this door is in. Signatures for it, for "us-east-1" and for an empty region
  /// are taken; for another, clients are told this one.
  std::string region = "us-east-1";
  /// Host (and port, unless it is the scheme's) of the URL by which clients know this door, where a
  /// proxy in front of it changes Host. Empty: Host counts as it comes. X-Forwarded-Host is never
  /// trusted: anybody can send it.
  std::string external_host;
  /// Whether presigned URLs and POST forms may be signed by the old version 2, HMAC-SHA1: boto3
  /// makes them, unless it is told otherwise. Headers may not.
  bool accept_version_2 = true;
};

/// Who asks. A value.
struct Signer {
  bool anonymous = true;
  AccessKey key;  // unless anonymous; without its secret, which has done its work
};

/// A request that may go on to be routed and decided upon. A value.
struct Authenticated {
  Signer signer;
  /// What the body has to be. Whoever reads it sees to that.
  PayloadRule payload;
  /// The Host that the signature covers: buckets must be taken from it, not from the header, or a
  /// request signed for the external host could be turned to another bucket by its Host.
  std::string host;
};

/// The one gate of S3 requests, before they are routed (POST forms have their own: post_policy.h).
/// Signature Version 4 in Authorization or in the query, or nothing, which makes the signer
/// anonymous; a signature that is there and wrong is refused, never taken for none.
/// `virtual_bucket`: the bucket that Host names, or nothing; only version 2 signs that. Errors:
/// those of ReadOldClaim, ReadSignatureClaim, CheckSignedHeaders and CheckSignature; InvalidURI for
/// a malformed escape; InvalidRequest for text that HTTP does not allow and for a signed request
/// without x-amz-content-sha256; ACCESS_KEY_UNKNOWN, ACCESS_KEY_EXPIRED; what `source` says.
/// `source` outlives the call. Idempotent: signatures may be used again until their time is over,
/// as in S3.
///
/// What a signature binds: method, decoded path, decoded query (as a set of pairs), the Host given
/// back, all signed headers (runs of blanks in their values count as one), the date and the payload
/// rule. Other headers may be anything.
Task<Authenticated> Authenticate(RequestContextPtr context, RequestHead head, absl::Time now,
                                 AuthOptions options, CredentialSource* source,
                                 std::string virtual_bucket = "");

}  // namespace trebol
