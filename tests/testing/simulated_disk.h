#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/mutex.h"
#include "storage-node/engine/file_system.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace trebol {

/// A disk in memory that can lose power. It backs the engine's FileSystem and RocksDB's at the same
/// time, so that logs and indexes, and those of several nodes in directories of their own, are cut
/// at one instant.
///
/// It promises what POSIX promises and no more. Written bytes survive once the file was flushed;
/// before that any of their 4 KiB pieces may survive, in any combination, or half of one (512-byte
/// sectors). A file's name survives once its directory was flushed after the change; of the changes
/// since, a directory keeps the first few. A flush that fails drops what it should have written,
/// although readers still see it (as Linux does). Directories themselves are durable at once.
///
///   SimulatedDisk disk;
///   Open stores with `.files = &disk.files(), .index_env = disk.rocksdb_env()`.
///   disk.CutPowerAfter(n);         // or CutPower(): from then on everything fails
///   … work until the calls fail; destroy the stores and databases …
///   disk.RestorePower(seed);       // decides what survived
///   Open them again and look.
///
/// Thread-safe. Everything opened before must be destroyed before RestorePower: it would work on
/// the new life of the disk by path. The disk outlives everything that uses it.
class SimulatedDisk {
 public:
  explicit SimulatedDisk(uint64_t capacity_bytes = uint64_t{1} << 30);
  ~SimulatedDisk();

  FileSystem& files();
  /// For rocksdb::Options::env. Threads and clocks are the machine's.
  rocksdb::Env* rocksdb_env();

  /// Operations that change something (writes, flushes, creations, renames, removals) so far.
  uint64_t operations() const;
  /// The n-th operation from now (1: the next) is interrupted; it and everything later fails.
  void CutPowerAfter(uint64_t n);
  void CutPower();
  bool powered() const;
  /// Power is back. `seed` decides what of the unflushed changes survived.
  void RestorePower(uint64_t seed);

  enum class Operation { kRead, kWrite, kSync, kSyncDirectory, kCreate, kRename, kRemove };
  enum class Failure {
    kIoError,
    kNoSpace,  // half of a write was done
    kShort,    // half of it was done before the error; a read gives half and no error
  };
  /// The k-th operation (from now, 1: the next) of this kind on a path that contains `path_part`
  /// fails once. Replaces an earlier one.
  void FailOnce(Operation operation, std::string path_part, uint64_t k, Failure failure);
  void FailNoMore();
  /// From now on every read of these bytes fails, in files whose path contains `path_part`, as of
  /// sectors that went bad; also after a loss of power.
  void BreakSectors(std::string path_part, uint64_t from = 0, uint64_t to = UINT64_MAX);
  void MendSectors();
  /// True once that failure has happened.
  bool failed_once() const;

  /// What the engine, and nothing else, would see; for damage on purpose and for assertions.
  std::vector<std::string> Paths(absl::string_view prefix) const;
  std::string Content(const std::string& path) const;
  /// Also durably.
  void SetContent(const std::string& path, const std::string& content);

  uint64_t bytes_written() const;
  uint64_t flushes() const;
  // What the losses of power took so far: writes of which a part survived, writes of which nothing
  // did, and changes of names.
  uint64_t torn_writes() const;
  uint64_t dropped_writes() const;
  uint64_t lost_names() const;

  // The disk itself, for the two file systems in front of it. Paths are absolute and plain.
  struct Inode;
  struct Handle {
    std::shared_ptr<Inode> inode;
    std::string path;
    uint64_t life = 0;  // of the disk; a handle of an earlier life is dead
  };
  absl::StatusOr<Handle> OpenFile(const std::string& path);
  absl::StatusOr<Handle> CreateFile(const std::string& path);
  absl::StatusOr<size_t> Read(const Handle& handle, uint64_t offset, void* to, size_t size);
  absl::Status Write(const Handle& handle, uint64_t offset, const void* data, size_t size);
  absl::Status Append(const Handle& handle, const void* data, size_t size);
  absl::Status Sync(const Handle& handle);
  absl::Status Truncate(const Handle& handle, uint64_t size);
  absl::StatusOr<uint64_t> Size(const Handle& handle);
  absl::Status CreateDirectories(const std::string& path);
  absl::Status SyncDirectory(const std::string& path);
  absl::StatusOr<std::vector<std::string>> List(const std::string& path);
  bool Exists(const std::string& path);
  bool IsDirectory(const std::string& path);
  absl::Status Remove(const std::string& path);
  absl::Status RemoveDirectory(const std::string& path);
  absl::Status Rename(const std::string& from, const std::string& to);
  absl::StatusOr<DiskSpace> Space();
  absl::Status Lock(const std::string& path);
  void Unlock(const std::string& path, uint64_t life);
  uint64_t life() const;

 private:
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  struct NameChange {
    std::string directory;
    std::string remove;  // may be empty
    std::string add;     // may be empty
    std::shared_ptr<Inode> inode;
  };
  struct FaultPlan {
    Operation operation;
    std::string path_part;
    uint64_t countdown;
    Failure failure;
  };
  struct BadSectors {
    std::string path_part;
    uint64_t from;
    uint64_t to;
  };

  bool IsBroken(const std::string& path, uint64_t offset, uint64_t size) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  /// Fails if the power is off, if it goes off with this operation, or if a failure is due.
  absl::Status Begin(Operation operation, const std::string& path, bool* half)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status CheckHandle(const Handle& handle) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status WriteLocked(const Handle& handle, uint64_t offset, const char* data, size_t size)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ChangeName(NameChange change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  static void Apply(const NameChange& change, Names* names);

  const uint64_t capacity_bytes_;
  std::unique_ptr<FileSystem> files_;
  std::unique_ptr<rocksdb::Env> rocksdb_env_;

  mutable Mutex mu_;
  Names names_ ABSL_GUARDED_BY(mu_);                           // as programs see them
  Names durable_names_ ABSL_GUARDED_BY(mu_);                   // as they are on the medium
  std::vector<NameChange> name_changes_ ABSL_GUARDED_BY(mu_);  // not flushed, in order
  std::set<std::string> directories_ ABSL_GUARDED_BY(mu_);
  std::set<std::string> locks_ ABSL_GUARDED_BY(mu_);
  bool powered_ ABSL_GUARDED_BY(mu_) = true;
  uint64_t life_ ABSL_GUARDED_BY(mu_) = 1;
  uint64_t operations_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t cut_at_ ABSL_GUARDED_BY(mu_) = 0;  // 0: never
  uint64_t bytes_written_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t flushes_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t used_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t torn_writes_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t dropped_writes_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t lost_names_ ABSL_GUARDED_BY(mu_) = 0;
  std::optional<FaultPlan> fault_ ABSL_GUARDED_BY(mu_);
  std::vector<BadSectors> bad_sectors_ ABSL_GUARDED_BY(mu_);
};

/// A rocksdb::Env on the disk; SimulatedDisk owns the one it gives out.
std::unique_ptr<rocksdb::Env> NewSimulatedRocksDbEnv(SimulatedDisk& disk);

}  // namespace trebol
