#include "gateway/s3/http/answer_head.h"

#include <boost/beast/http/status.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "gateway/s3/http/head_parser.h"

namespace trebol {
namespace {

absl::string_view ReasonPhrase(int status) {
  const auto phrase = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {phrase.data(), phrase.size()};
}

absl::Status CheckHeader(absl::string_view name, absl::string_view value) {
  if (!IsToken(name) || !IsFieldValue(value)) {
    return absl::InternalError(
        absl::StrCat("an answer's header has a name or value that HTTP does not allow: ", name));
  }
  if (absl::EqualsIgnoreCase(name, "content-length") ||
      absl::EqualsIgnoreCase(name, "transfer-encoding")) {
    return absl::InternalError(absl::StrCat("the server itself writes ", name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> FormatHead(const HttpAnswer& answer, const AnswerFraming& framing,
                                       absl::Time now) {
  if (answer.status < 200 || answer.status > 599) {
    return absl::InternalError(absl::StrCat(answer.status, " is no status of an answer"));
  }
  std::string head =
      absl::StrCat("HTTP/1.1 ", answer.status, " ", ReasonPhrase(answer.status), "\r\n");
  bool dated = false;
  for (const auto& [name, value] : answer.headers) {
    RETURN_IF_ERROR(CheckHeader(name, value));
    if (absl::EqualsIgnoreCase(name, "connection")) continue;  // see AsksToClose
    dated |= absl::EqualsIgnoreCase(name, "date");
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  if (!dated) {
    absl::StrAppend(
        &head, "Date: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone()),
        "\r\n");
  }
  if (framing.length.has_value()) {
    absl::StrAppend(&head, "Content-Length: ", *framing.length, "\r\n");
  }
  if (framing.chunked) absl::StrAppend(&head, "Transfer-Encoding: chunked\r\n");
  if (framing.close) {
    absl::StrAppend(&head, "Connection: close\r\n");
  } else if (framing.keep_alive) {
    absl::StrAppend(&head, "Connection: keep-alive\r\n");
  }
  absl::StrAppend(&head, "\r\n");
  return head;
}

bool AsksToClose(const HttpAnswer& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (absl::EqualsIgnoreCase(name, "connection") && absl::EqualsIgnoreCase(value, "close")) {
      return true;
    }
  }
  return false;
}

}  // namespace trebol
