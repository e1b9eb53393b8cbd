#pragma once

// Inside of this room only: Asio and OpenSSL are in it.

#include <cstdint>
#include <optional>

#include "common/async/task.h"
#include "common/base/bytes.h"
#include "gateway/s3/http/http_exchange.h"
#include "gateway/s3/http/link.h"

namespace trebol {

/// One answer on its way into a link, which outlives it. Begin, Append and End queue; Flush sends.
class AnswerStream {
 public:
  /// What the request says about how it can be answered.
  struct Terms {
    bool http_1_1 = true;
    bool keep_alive = true;
    bool is_head = false;  // the method
  };
  AnswerStream(Link& link, Terms terms) : link_(link), terms_(terms) {}

  /// `length` nothing: unknown. `close`: the connection ends with this answer. INTERNAL as
  /// FormatHead says, or if one was begun; nothing is queued then.
  absl::Status Begin(const HttpAnswer& answer, std::optional<uint64_t> length, bool close);
  /// INTERNAL beyond the length.
  absl::Status Append(Bytes data);
  /// INTERNAL below the length.
  absl::Status End();
  /// Until all that is queued is with the system, for as long as the client makes progress.
  Task<void> Flush();

  bool begun() const { return begun_; }
  /// All of it is with the system.
  bool whole() const { return ended_ && queued_.empty(); }
  bool closes() const { return close_; }

 private:
  Link& link_;
  const Terms terms_;
  Bytes queued_;
  bool begun_ = false;
  bool ended_ = false;
  bool close_ = false;
  bool has_body_ = true;
  std::optional<uint64_t> left_;
  bool chunked_ = false;
};

}  // namespace trebol
