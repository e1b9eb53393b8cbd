#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// What a visitor of a scan wants next: the following row, no more, or the first row not below a
/// key (which lies ahead).
class ScanStep {
 public:
  static ScanStep Next() { return ScanStep(Kind::kNext, ""); }
  static ScanStep Stop() { return ScanStep(Kind::kStop, ""); }
  static ScanStep SeekTo(std::string key) { return ScanStep(Kind::kSeek, std::move(key)); }

  bool stops() const { return kind_ == Kind::kStop; }
  bool seeks() const { return kind_ == Kind::kSeek; }
  const std::string& target() const { return target_; }

 private:
  enum class Kind { kNext, kStop, kSeek };
  ScanStep(Kind kind, std::string target) : kind_(kind), target_(std::move(target)) {}

  Kind kind_;
  std::string target_;
};

/// Rows of one state, ordered by the bytes of their keys. Errors come from the disk only.
class RowReader {
 public:
  using Visitor = absl::FunctionRef<ScanStep(absl::string_view key, absl::string_view value)>;

  virtual ~RowReader() = default;

  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const = 0;

  /// Visits rows with from <= key < to in order. The visitor changes nothing.
  virtual absl::Status Scan(absl::string_view from, absl::string_view to,
                            Visitor visitor) const = 0;
};

/// The rows that a command reads and changes, and sees its own changes of. Commands are plain
/// functions of a Transaction; whether it stands on RocksDB or on a map in a test is not theirs to
/// know. For one thread.
class Transaction : public RowReader {
 public:
  virtual absl::Status Put(absl::string_view key, absl::string_view value) = 0;
  virtual absl::Status Delete(absl::string_view key) = 0;
};

}  // namespace trebol
