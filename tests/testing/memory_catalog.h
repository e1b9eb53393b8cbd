#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "tests/testing/memory_transaction.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::testing {

/// The state machine without its log and disk: commands run one after the other on rows in memory.
class MemoryCatalog {
 public:
  static constexpr Generation kGeneration{0xABCD};

  /// A cluster of three copies is there already, with id "cluster".
  MemoryCatalog();

  /// As the sequencer would run it: a refusal leaves no trace, and what changes rows is an entry.
  absl::StatusOr<v1::Outcome> Run(const v1::Command& command);
  /// Run, for commands that must not be refused.
  v1::Outcome Must(const v1::Command& command);

  static VersionId Version(uint64_t session, uint64_t sequence) {
    return {kGeneration, SessionId(session), sequence};
  }

  const MemoryTransaction& rows() const { return rows_; }
  v1::ClusterRow Totals() const;
  uint64_t head() const { return head_; }
  void set_time_us(uint64_t time_us) { time_us_ = time_us; }

 private:
  MemoryTransaction rows_;
  uint64_t head_ = 0;
  uint64_t time_us_ = 1;
};

}  // namespace trebol::testing
