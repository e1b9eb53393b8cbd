#include "common/rpc/batch_codec.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/status_conversion.h"
#include "trebol/v1/batch.pb.h"

namespace trebol {
namespace {

constexpr char kElementTag = (1 << 3) | 2;  // field 1 of both messages, length-delimited
constexpr size_t kLongestVarint = 10;

void AppendElement(const Bytes& element, Bytes* all) {
  char head[1 + kLongestVarint];
  size_t size = 0;
  head[size++] = kElementTag;
  uint64_t left = element.size();
  for (; left >= 0x80; left >>= 7) head[size++] = static_cast<char>(left | 0x80);
  head[size++] = static_cast<char>(left);
  all->Append(absl::string_view(head, size));
  all->Append(element);
}

/// Takes the next element off the front; nothing if there is none, or something else.
std::optional<Bytes> TakeElement(Bytes* all) {
  const std::string head(all->Subcord(0, 1 + kLongestVarint));
  if (head.empty() || head.front() != kElementTag) return std::nullopt;
  uint64_t length = 0;
  size_t used = 1;
  for (int shift = 0;; shift += 7) {
    if (used >= head.size()) return std::nullopt;
    const auto byte = static_cast<uint8_t>(head[used++]);
    length |= uint64_t{byte & 0x7Fu} << shift;
    if ((byte & 0x80) == 0) break;
    if (shift >= 56) return std::nullopt;
  }
  all->RemovePrefix(used);
  if (length > all->size()) return std::nullopt;
  Bytes element = all->Subcord(0, length);
  all->RemovePrefix(length);
  return element;
}

absl::Status NoBatch(absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("the message is no batch of calls: ", what));
}

}  // namespace

Bytes EncodeCalls(absl::Span<const BatchedCall> calls) {
  Bytes batch;
  for (const BatchedCall& call : calls) {
    v1::Batch::Call header;
    header.set_trace_parent(call.trace_parent);
    AppendElement(JoinPayload(header, call.request), &batch);
  }
  return batch;
}

absl::StatusOr<std::vector<BatchedCall>> DecodeCalls(const Bytes& batch) {
  std::vector<BatchedCall> calls;
  for (Bytes left = batch; !left.empty();) {
    if (calls.size() == kMaxCallsOfBatch) {
      return NoBatch(absl::StrCat("it has more than ", kMaxCallsOfBatch));
    }
    const auto element = TakeElement(&left);
    if (!element.has_value()) return NoBatch("a field that is not known, or cut off");
    v1::Batch::Call header;
    ASSIGN_OR_RETURN(Bytes request, SplitPayload(*element, &header));
    calls.push_back({std::move(*header.mutable_trace_parent()), std::move(request)});
  }
  if (calls.empty()) return NoBatch("it is empty");
  return calls;
}

Bytes EncodeAnswers(absl::Span<const BatchedAnswer> answers) {
  Bytes all;
  for (const BatchedAnswer& answer : answers) {
    v1::BatchAnswer::Answer header;
    Bytes response;
    if (!answer.has_value()) {
      header.set_left_out(true);
    } else if (!answer->ok()) {
      header.set_failure(ToGrpcStatus(answer->status()).error_details());
    } else {
      response = **answer;
    }
    AppendElement(JoinPayload(header, response), &all);
  }
  return all;
}

absl::StatusOr<std::vector<BatchedAnswer>> DecodeAnswers(const Bytes& answer, size_t calls) {
  std::vector<BatchedAnswer> answers;
  for (Bytes left = answer; !left.empty();) {
    const auto element = TakeElement(&left);
    v1::BatchAnswer::Answer header;
    absl::StatusOr<Bytes> response =
        element.has_value() ? SplitPayload(*element, &header) : NoBatch("cut off");
    if (!response.ok()) return absl::InternalError(response.status().message());
    if (header.left_out()) {
      answers.emplace_back();
    } else if (!header.failure().empty()) {
      answers.emplace_back(FromStatusDetails(header.failure()));
    } else {
      answers.emplace_back(*std::move(response));
    }
  }
  if (answers.size() != calls) {
    return absl::InternalError(
        absl::StrCat("a batch of ", calls, " calls came back with ", answers.size(), " answers"));
  }
  return answers;
}

}  // namespace trebol
