#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/bytes.h"
#include "common/base/limits.h"

namespace trebol {

/// The messages of batch.proto, with the payloads of the calls as ropes.

inline constexpr size_t kMaxCallsOfBatch = 128;
/// Answers that would bring a batch beyond so many bytes are left out, but for a first one: so the
/// whole stays well below a message.
inline constexpr size_t kMostBytesOfAnswers = 4 * kMiB;

struct BatchedCall {
  std::string trace_parent;
  Bytes request;
};

Bytes EncodeCalls(absl::Span<const BatchedCall> calls);
/// INVALID_ARGUMENT for what is no Batch of 1 to kMaxCallsOfBatch calls.
absl::StatusOr<std::vector<BatchedCall>> DecodeCalls(const Bytes& batch);

/// nullopt: left out.
using BatchedAnswer = std::optional<absl::StatusOr<Bytes>>;

Bytes EncodeAnswers(absl::Span<const BatchedAnswer> answers);
/// INTERNAL for what is no BatchAnswer with `calls` answers.
absl::StatusOr<std::vector<BatchedAnswer>> DecodeAnswers(const Bytes& answer, size_t calls);

}  // namespace trebol
