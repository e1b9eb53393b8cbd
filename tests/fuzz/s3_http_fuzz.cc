// The head of a request and the chunked coding of its body, as anybody may send them: whatever is
// accepted can be read in one way only, and it is the same however the bytes come.
#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "gateway/s3/http/chunked_decoder.h"
#include "gateway/s3/http/head_parser.h"

namespace trebol {
namespace {

constexpr size_t kMaxTarget = 8192;

/// Writes the head anew: it must mean the same.
std::string Print(const ParsedHead& parsed, bool has_query) {
  std::string text = absl::StrCat(parsed.head.method, " ", parsed.head.path, has_query ? "?" : "",
                                  parsed.head.query, parsed.http_1_1 ? " HTTP/1.1" : " HTTP/1.0");
  for (const auto& [name, value] : parsed.head.headers) {
    absl::StrAppend(&text, "\r\n", name, ":", value);
  }
  return absl::StrCat(text, "\r\n\r\n");
}

void CheckAccepted(const ParsedHead& parsed) {
  TREBOL_CHECK(!parsed.chunked || (!parsed.content_length.has_value() && parsed.http_1_1));
  TREBOL_CHECK(parsed.head.Count("host") == 1 || !parsed.http_1_1);
  TREBOL_CHECK(parsed.head.Count("content-length") == (parsed.content_length.has_value() ? 1 : 0));
  TREBOL_CHECK(parsed.head.Count("transfer-encoding") == (parsed.chunked ? 1 : 0));
  TREBOL_CHECK(absl::StartsWith(parsed.head.path, "/") || parsed.head.path == "*");
  TREBOL_CHECK(IsToken(parsed.head.method));
  for (const auto& [name, value] : parsed.head.headers) {
    TREBOL_CHECK(IsToken(name) && IsFieldValue(value));
  }
  const std::string again = Print(parsed, !parsed.head.query.empty());
  const auto second = ParseHead(again, again.size());
  const auto* same = std::get_if<ParsedHead>(&second);
  TREBOL_CHECK(same != nullptr && Print(*same, !same->head.query.empty()) == again);
  TREBOL_CHECK(same->content_length == parsed.content_length && same->chunked == parsed.chunked &&
               same->keep_alive == parsed.keep_alive &&
               same->expects_continue == parsed.expects_continue);
}

void TryHead(const std::string& input) {
  HeadScanner scanner;
  const HeadScanner::State state = scanner.Scan(input);
  HeadScanner dripping;
  HeadScanner::State slowly = HeadScanner::State::kMore;
  for (size_t size = 0; size <= input.size() && slowly == HeadScanner::State::kMore; ++size) {
    slowly = dripping.Scan(absl::string_view(input).substr(0, size));
  }
  TREBOL_CHECK(slowly == state);
  if (state != HeadScanner::State::kWhole) return;
  TREBOL_CHECK(scanner.size() == dripping.size() && scanner.size() <= input.size());
  const auto head = ParseHead(absl::string_view(input).substr(0, scanner.size()), kMaxTarget);
  if (const auto* parsed = std::get_if<ParsedHead>(&head)) return CheckAccepted(*parsed);
  const auto& refusal = std::get<HeadRefusal>(head);
  TREBOL_CHECK(refusal.status >= 400 && !refusal.code.empty() && !refusal.message.empty());
}

/// The body, or "bad"; then where it ended.
std::string Decode(const std::string& input, size_t piece) {
  ChunkedDecoder decoder;
  std::string body;
  size_t used = 0;
  for (size_t arrived = 0; !decoder.ended();) {
    const auto step = decoder.Next(absl::string_view(input).substr(used, arrived - used));
    if (!step.ok()) return "bad";
    body += input.substr(used + step->coding, step->data);
    used += step->coding + step->data;
    TREBOL_CHECK(used <= arrived);
    if (step->coding + step->data > 0) continue;
    if (arrived == input.size()) break;
    arrived = std::min(input.size(), arrived + piece);
  }
  return absl::StrCat(body, decoder.ended() ? " whole " : " part ", used);
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  trebol::TryHead(input);
  // A beginning as it should be, so that what is behind it is reached.
  trebol::TryHead(absl::StrCat("PUT /b/k HTTP/1.1\r\nHost: a\r\n", input, "\r\n\r\n"));
  TREBOL_CHECK(trebol::Decode(input, 1) == trebol::Decode(input, input.size() + 1));
  return 0;
}
