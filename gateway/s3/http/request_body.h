#pragma once

// Inside of this room only: Asio and OpenSSL are in it.

#include <cstdint>
#include <optional>

#include "common/async/task.h"
#include "common/base/bytes.h"
#include "gateway/s3/http/chunked_decoder.h"
#include "gateway/s3/http/head_parser.h"
#include "gateway/s3/http/link.h"

namespace trebol {

/// The body of one request as it comes from its link, which outlives it.
class RequestBody {
 public:
  RequestBody(Link& link, const ParsedHead& head);

  /// The next piece; empty at the end. CANCELLED, or INVALID_ARGUMENT for a broken coding: then the
  /// same again for ever.
  Task<Bytes> Next();
  /// Nothing is left: the next request follows in the link.
  bool whole() const { return decoder_.has_value() ? decoder_->ended() : left_ == 0; }
  bool failed() const { return !failure_.ok(); }
  /// At least this much is left.
  uint64_t left() const { return left_; }

 private:
  absl::StatusOr<Bytes> TakeArrived();
  Task<void> ReadMore();

  Link& link_;
  uint64_t left_ = 0;                      // unless chunked
  std::optional<ChunkedDecoder> decoder_;  // if chunked
  absl::Status failure_;
};

}  // namespace trebol
