#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "storage-node/engine/file_system.h"

namespace trebol {

/// Whose disk this is: the file `superblock` of a data directory (docs/formats/superblock.md), and
/// the lock that keeps a second process out. Not thread-safe. Adopt and construction write the
/// file.
class Superblock {
 public:
  struct Identity {
    std::string cluster_id;  // empty until the node has joined
    Generation generation;   // 0 until the node has joined
    NodeId node;
    DiskId disk;
    uint64_t incarnation = 0;  // counts openings; never falls
  };

  /// Makes the directory and its identity if there is none yet; locks it; counts one opening.
  /// FAILED_PRECONDITION: in use by another process, or a directory that holds something else.
  /// FAILED_PRECONDITION with UNSUPPORTED_FORMAT: written by a release that this one does not know.
  /// DATA_LOSS: damaged.
  static absl::StatusOr<std::unique_ptr<Superblock>> Open(FileSystem& files,
                                                          const std::string& directory);

  const Identity& identity() const { return identity_; }

  /// Binds the disk to a cluster at the first join. OK without writing if it is bound to the same;
  /// FAILED_PRECONDITION with WRONG_CLUSTER or WRONG_GENERATION if to another one.
  absl::Status AdoptCluster(const std::string& cluster_id, Generation generation);

 private:
  Superblock(FileSystem& files, std::string directory, std::unique_ptr<DirectoryLock> lock)
      : files_(files), directory_(std::move(directory)), lock_(std::move(lock)) {}
  absl::Status Write(const Identity& identity);

  FileSystem& files_;
  const std::string directory_;
  const std::unique_ptr<DirectoryLock> lock_;
  Identity identity_;
};

/// The bytes of the file, and back. `path` is for messages.
std::string EncodeSuperblock(const Superblock::Identity& identity);
absl::StatusOr<Superblock::Identity> DecodeSuperblock(const std::string& bytes,
                                                      const std::string& path);

}  // namespace trebol
