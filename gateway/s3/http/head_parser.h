#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "common/http/request_head.h"

namespace trebol {

/// The head of a request with what it says about the bytes that follow.
struct ParsedHead {
  RequestHead head;
  bool http_1_1 = true;  // else 1.0
  bool keep_alive = true;
  std::optional<uint64_t> content_length;
  bool chunked = false;
  bool expects_continue = false;
};

/// Why a head is no request that can be served. `code` is one of S3's.
struct HeadRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// Finds the end of a head in bytes that arrive in pieces. A value.
class HeadScanner {
 public:
  enum class State {
    kMore,
    kWhole,
    kBroken,  // what no head may hold: a line feed or carriage return alone, a control character
  };
  /// `input` begins where the head does and only grows between calls.
  State Scan(absl::string_view input);
  /// Of a whole head, with the empty line.
  size_t size() const { return at_; }
  /// The request line has ended.
  bool in_headers() const { return in_headers_; }

 private:
  size_t at_ = 0;
  size_t line_ = 0;  // where the current one begins
  bool in_headers_ = false;
};

/// Reads a whole head, as HeadScanner found it. Refused is all that other servers may read in
/// another way: RFC 9112 sections 2.2, 3, 5 and 6.3 with every leniency left out.
std::variant<ParsedHead, HeadRefusal> ParseHead(absl::string_view head, size_t max_target_bytes);

/// Of RFC 9110 section 5.6.2, as names of methods and headers are.
bool IsToken(absl::string_view text);
/// Text of a header's value: no control characters but the tabulator.
bool IsFieldValue(absl::string_view text);

}  // namespace trebol
