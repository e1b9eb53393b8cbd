#include "gateway/s3/http/chunked_decoder.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "common/base/status_macros.h"
#include "gateway/s3/error/s3_error.h"
#include "gateway/s3/http/head_parser.h"

namespace trebol {
namespace {

constexpr size_t kMaxSizeDigits = 15;  // hexadecimal: no sum of a few overflows

absl::Status Broken(absl::string_view message) { return S3Only(400, "InvalidRequest", message); }

}  // namespace

absl::StatusOr<ChunkedDecoder::Step> ChunkedDecoder::Next(absl::string_view input) {
  if (state_ == State::kData) {
    const size_t data = static_cast<size_t>(std::min<uint64_t>(left_, input.size()));
    left_ -= data;
    if (left_ == 0) state_ = State::kDataEnd;
    return Step{.data = data};
  }
  if (state_ == State::kDataEnd) {
    if (input.size() >= 1 && input[0] != '\r') return Broken("a chunk is longer than its size");
    if (input.size() < 2) return Step{};
    if (input[1] != '\n') return Broken("a chunk is longer than its size");
    state_ = State::kSize;
    return Step{.coding = 2};
  }
  if (state_ == State::kEnd) return Step{};
  return NextLine(input);
}

absl::StatusOr<ChunkedDecoder::Step> ChunkedDecoder::NextLine(absl::string_view input) {
  const size_t end = input.substr(0, kMaxLine).find('\n');
  if (end == absl::string_view::npos) {
    if (input.size() >= kMaxLine) return Broken("a line of the chunked coding is too long");
    return Step{};
  }
  if (end == 0 || input[end - 1] != '\r') {
    return Broken("a line of the chunked coding does not end in CR LF");
  }
  const absl::string_view line = input.substr(0, end - 1);
  if (!IsFieldValue(line)) return Broken("a control character in the chunked coding");
  if (state_ == State::kSize) {
    RETURN_IF_ERROR(ReadSize(line));
  } else if (line.empty()) {
    state_ = State::kEnd;
  } else {
    trailers_ += line.size();
    if (trailers_ > kMaxLine) return Broken("the trailers of the chunked coding are too long");
    if (!IsToken(line.substr(0, line.find(':'))) || line.find(':') == absl::string_view::npos) {
      return Broken("a trailer of the chunked coding is no header");
    }
  }
  return Step{.coding = end + 1};
}

absl::Status ChunkedDecoder::ReadSize(absl::string_view line) {
  const size_t digits = static_cast<size_t>(
      std::find_if_not(line.begin(), line.end(),
                       [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }) -
      line.begin());
  const absl::string_view rest = line.substr(digits);
  if (digits == 0 || digits > kMaxSizeDigits ||
      !absl::SimpleHexAtoi(line.substr(0, digits), &left_)) {
    return Broken("a chunk's size is no hexadecimal number");
  }
  if (!rest.empty() && absl::StripLeadingAsciiWhitespace(rest).substr(0, 1) != ";") {
    return Broken("there is something other than an extension behind a chunk's size");
  }
  state_ = left_ == 0 ? State::kTrailers : State::kData;
  return absl::OkStatus();
}

}  // namespace trebol
