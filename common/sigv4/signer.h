#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/http/request_head.h"
#include "common/sigv4/chunk_signature.h"

namespace trebol::sigv4 {

struct Credentials {
  std::string access_key_id;
  std::string secret;
};

/// Signs requests as a client does: with headers, or as an URL that works without the key. A value;
/// thread-safe. `service` is "s3" for S3.
class Signer {
 public:
  Signer(Credentials credentials, std::string region, std::string service = "s3");

  /// Adds x-amz-date, x-amz-content-sha256 and Authorization. Every header is signed but those that
  /// proxies change (Connection, Expect, User-Agent, …). `payload_hash` is the SHA-256 of the body
  /// in hexadecimal digits, or one of sigv4.h's constants. Returns what the signatures of a
  /// streamed body begin with. INVALID_ARGUMENT: no Host, one of the headers is there already, or
  /// the path or query is malformed.
  absl::StatusOr<ChunkSeed> Sign(absl::Time now, absl::string_view payload_hash,
                                 RequestHead* head) const;

  /// The query that makes a request of `head` valid for whoever has it, from `now` on; the URL is
  /// scheme, Host, path, '?' and this. The body is not covered. The headers in `head` have to be
  /// sent as they are here; Host alone is usual. INVALID_ARGUMENT as above, and unless `validity`
  /// is a whole number of seconds, 1 s to 7 days.
  absl::StatusOr<std::string> Presign(absl::Time now, absl::Duration validity,
                                      RequestHead head) const;

 private:
  const Credentials credentials_;
  const std::string region_;
  const std::string service_;
};

}  // namespace trebol::sigv4
