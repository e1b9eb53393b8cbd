#include "gateway/s3/http/answer_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/status_macros.h"
#include "gateway/s3/http/answer_head.h"

namespace trebol {

absl::Status AnswerStream::Begin(const HttpAnswer& answer, std::optional<uint64_t> length,
                                 bool close) {
  if (begun_) return absl::InternalError("a request is answered once");
  const bool says_none = answer.status == 204 || answer.status == 304;
  has_body_ = !terms_.is_head && !says_none;
  chunked_ = has_body_ && !length.has_value() && terms_.http_1_1;
  // A client of HTTP/1.0 finds the end of such a body by that of the connection.
  const bool to_the_end = has_body_ && !length.has_value() && !terms_.http_1_1;
  const AnswerFraming framing{.length = says_none ? std::nullopt : length,
                              .chunked = chunked_,
                              .close = close || to_the_end || AsksToClose(answer),
                              .keep_alive = !terms_.http_1_1 && terms_.keep_alive};
  ASSIGN_OR_RETURN(std::string head, FormatHead(answer, framing, SystemClock().WallTime()));
  close_ = framing.close;
  left_ = length;
  begun_ = true;
  queued_.Append(std::move(head));
  return absl::OkStatus();
}

absl::Status AnswerStream::Append(Bytes data) {
  if (!begun_ || ended_) return absl::InternalError("there is no answer to go on with");
  if (!has_body_ || data.empty()) return absl::OkStatus();
  if (left_.has_value()) {
    if (data.size() > *left_) return absl::InternalError("an answer is longer than it says");
    *left_ -= data.size();
  }
  if (chunked_) queued_.Append(absl::StrCat(absl::Hex(data.size()), "\r\n"));
  queued_.Append(std::move(data));
  if (chunked_) queued_.Append("\r\n");
  return absl::OkStatus();
}

absl::Status AnswerStream::End() {
  if (!begun_ || ended_) return absl::InternalError("there is no answer to end");
  if (has_body_ && left_.value_or(0) > 0) {
    return absl::InternalError(absl::StrCat("an answer ends ", *left_, " bytes too early"));
  }
  if (chunked_) queued_.Append("0\r\n\r\n");
  ended_ = true;
  return absl::OkStatus();
}

Task<void> AnswerStream::Flush() {
  while (!queued_.empty()) {
    link_.entry.Expect(link_.options->body_timeout);
    CO_ASSIGN_OR_RETURN(const size_t sent, co_await link_.wire.WriteSome(queued_));
    queued_.RemovePrefix(sent);
  }
  link_.entry.Met();
  co_return absl::OkStatus();
}

}  // namespace trebol
