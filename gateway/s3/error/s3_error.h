#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// An error as S3 tells it. A value.
struct S3Error {
  int http_status = 500;
  std::string code;  // "NoSuchKey"
  std::string message;
  /// Seconds that the client shall wait before it comes again; 0: nothing is said.
  int retry_after_seconds = 0;
};

/// The table from our statuses to S3's codes. What a status says by S3Only wins. NOT_MODIFIED is
/// 304 without a code. An error that is nobody's fault but ours keeps its message from clients
/// where it may name other servers.
S3Error ToS3Error(const absl::Status& status);

/// Errors that only the S3 door makes, such as MalformedXML: they have no reason on our own wire.
/// The canonical code is made of the HTTP status. `code` is one of S3's.
absl::Status S3Only(int http_status, absl::string_view code, absl::string_view message);

}  // namespace trebol
