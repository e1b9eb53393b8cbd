#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// Takes the chunked coding of HTTP/1.1 (RFC 9112 section 7.1) off a body, without touching its
/// bytes. Extensions and trailers are checked for their form and left out. A value.
class ChunkedDecoder {
 public:
  /// Lines of the coding are no longer, and all trailers together.
  static constexpr size_t kMaxLine = 1024;

  struct Step {
    size_t coding = 0;  // bytes to leave out
    size_t data = 0;    // bytes of the body behind them
  };
  /// The next step in what has arrived and is not consumed; both 0: more must arrive, or, once
  /// ended(), nothing is missing. INVALID_ARGUMENT for any other coding; then nothing follows.
  absl::StatusOr<Step> Next(absl::string_view input);
  bool ended() const { return state_ == State::kEnd; }

 private:
  enum class State { kSize, kData, kDataEnd, kTrailers, kEnd };

  absl::StatusOr<Step> NextLine(absl::string_view input);
  absl::Status ReadSize(absl::string_view line);

  State state_ = State::kSize;
  uint64_t left_ = 0;  // of the chunk
  size_t trailers_ = 0;
};

}  // namespace trebol
