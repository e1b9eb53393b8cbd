#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"

namespace trebol {

struct LogRecord {
  LogIndex index;
  std::string entry;  // serialised LogEntry, byte for byte as it was appended
};

/// The order of everything that ever happened to the namespace: entries numbered from 1 without
/// gaps. It knows nothing of what entries mean.
///
/// Used by one proposer at a time; `expected_head` is what makes a second one harmless.
/// Thread-safe. An error other than those named below means that the log is out of service.
class ReplicatedLog {
 public:
  virtual ~ReplicatedLog() = default;

  /// Index of the last entry, 0 if there was never one. Survives trimming.
  virtual absl::StatusOr<LogIndex> Head() = 0;

  /// Makes `entry` durable at `expected_head` + 1. ABORTED if the head is another: somebody else
  /// appended, and what this proposer believes is stale.
  virtual absl::Status Append(LogIndex expected_head, absl::string_view entry) = 0;

  /// At most `limit` entries from `from` on, in order; empty beyond the head. OUT_OF_RANGE if
  /// `from` was trimmed.
  virtual absl::StatusOr<std::vector<LogRecord>> Read(LogIndex from, size_t limit) = 0;

  /// Entries below `index` may be forgotten; the last entry always stays. The caller knows that
  /// their effects are durable elsewhere.
  virtual absl::Status TrimBelow(LogIndex index) = 0;
};

}  // namespace trebol
