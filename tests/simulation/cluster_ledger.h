#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/mutex.h"

namespace trebol {

/// What the outside world knows of a cluster's objects: for every key the operations that were
/// sent, numbered, and what was answered. A key has one writer at a time and any number of readers,
/// so a value may be seen if its number lies between the last one acknowledged before the look
/// began and the last one sent before it ended. Thread-safe.
class ClusterLedger {
 public:
  enum class Kind { kPut, kDelete };
  /// What a look at a key saw: the number of the put whose value it was, or nothing.
  using Seen = std::optional<uint64_t>;

  ClusterLedger(uint64_t seed, size_t keys);

  size_t keys() const { return keys_count_; }
  static std::string Name(size_t key);
  /// The bytes that put `number` of `key` sends. Of each other value they differ everywhere.
  std::string Bytes(size_t key, uint64_t number, size_t size) const;

  /// The writer is about to send. Returns the operation's number.
  uint64_t Send(size_t key, Kind kind, size_t size);
  /// Answered with success.
  void Acknowledged(size_t key, uint64_t number);
  /// Must never be seen: its answer was a definite error.
  void Refused(size_t key, uint64_t number);

  /// The last number acknowledged: before a look.
  uint64_t LowerBound(size_t key);
  /// Empty if a look that began at `lower` may have seen this, else what is wrong.
  std::string Check(size_t key, uint64_t lower, const Seen& seen);
  /// As Check, after a restart, when nothing is under way: what was seen is the truth from now on,
  /// and what was in flight and is not seen must never be.
  std::string Settle(size_t key, const Seen& seen);

  size_t SizeOf(size_t key, uint64_t number);
  /// Keys that hold a value, in order, after every key was settled.
  std::vector<std::string> Listing();

 private:
  enum class Fate { kOpen, kAcknowledged, kRefused };
  struct Operation {
    Kind kind = Kind::kDelete;
    size_t size = 0;
    Fate fate = Fate::kOpen;
  };
  struct Key {
    std::vector<Operation> operations;  // by number; the first stands for a key never written
    uint64_t acknowledged = 0;
  };

  std::string CheckLocked(const Key& key, size_t index, uint64_t lower, const Seen& seen) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint64_t seed_;
  const size_t keys_count_;
  Mutex mutex_;
  std::vector<Key> keys_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
