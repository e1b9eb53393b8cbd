#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/s3/http/http_exchange.h"

namespace trebol {

/// What the head of an answer says beside what the handler does.
struct AnswerFraming {
  std::optional<uint64_t> length;
  bool chunked = false;
  bool close = false;
  bool keep_alive = false;  // said only to a client of HTTP/1.0 that asked for it
};

/// The head as it is sent, with the empty line. INTERNAL for a status that is none of a final
/// answer, a header that HTTP does not allow, and one that is the server's to write.
absl::StatusOr<std::string> FormatHead(const HttpAnswer& answer, const AnswerFraming& framing,
                                       absl::Time now);

/// The handler says that the connection ends with this answer.
bool AsksToClose(const HttpAnswer& answer);

}  // namespace trebol
