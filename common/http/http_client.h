#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol {

struct HttpReply {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// One GET over a connection of its own; blocks until the answer, whatever its status, or
/// `timeout`. `endpoint` is HOST:PORT, `path` begins with '/'. INVALID_ARGUMENT for a malformed
/// endpoint or path, DEADLINE_EXCEEDED, UNAVAILABLE if nothing listens or the connection breaks,
/// FAILED_PRECONDITION if what answers speaks no HTTP/1.1 or sends more than 16 MiB. Thread-safe.
absl::StatusOr<HttpReply> HttpGet(absl::string_view endpoint, absl::string_view path,
                                  absl::Duration timeout);

}  // namespace trebol
