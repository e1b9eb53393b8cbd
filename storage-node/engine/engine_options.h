#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/limits.h"
#include "storage-node/engine/file_system.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace trebol {

/// How a store is set up. Everything but the directory has a default that suits.
struct EngineOptions {
  std::string directory;
  FileSystem* files = &PosixFileSystem();
  rocksdb::Env* index_env = nullptr;  // nullptr: the operating system's
  const Clock* clock = &SystemClock();
  /// Bytes; a segment is the unit of compaction. A batch may exceed it; a small disk has smaller
  /// ones.
  uint64_t segment_size = 256 * kMiB;
  /// Sealed segments with a smaller share of live bytes are rewritten.
  double compact_below = 0.6;
  /// Write past the page cache where the file system accepts that.
  bool direct_io = true;
  /// Bytes that the store may use; 0: what the file system has, which is the limit in any case. For
  /// several stores on one disk, and for tests.
  uint64_t capacity_bytes = 0;
  /// Seals, compaction and returning memory by a thread of the store. Tests switch it off and call
  /// Tick and CompactOnce themselves.
  bool background = true;
};

/// What opening a store found; for the log and for tests.
struct RecoveryReport {
  bool index_rebuilt = false;
  std::string rebuild_reason;
  uint64_t replayed_batches = 0;
  uint64_t rewritten_records = 0;  // found beyond the proven synced mark, good, made durable again
  uint64_t dropped_records = 0;    // beyond it and bad
  uint64_t damaged_stretches = 0;  // below it: data was lost here
  bool became_uncertain = false;
};

}  // namespace trebol
