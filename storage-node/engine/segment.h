#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "storage-node/engine/batch.h"
#include "storage-node/engine/file_system.h"

namespace trebol {

/// What a segment file says of itself in its first 8 KiB, twice.
struct SegmentHeader {
  SegmentId id;
  uint64_t number = 0;  // its place among the segments; never reused
  DiskId disk;
  uint64_t start_position = 0;   // of its first byte in the whole log
  uint64_t predecessor = 0;      // 0: none
  uint64_t predecessor_end = 0;  // nothing beyond this in the predecessor counts
};

inline constexpr uint64_t kSegmentHeaderSize = 2 * kDirectAlignment;

std::string EncodeSegmentHeader(const SegmentHeader& header);
/// nullopt if neither copy is whole. FAILED_PRECONDITION with UNSUPPORTED_FORMAT if a whole one has
/// another format. `path` is for the message.
absl::StatusOr<std::optional<SegmentHeader>> DecodeSegmentHeader(absl::string_view bytes,
                                                                 const std::string& path);

/// "0000000000000042.segment", and back.
std::string SegmentFileName(uint64_t number);
std::optional<uint64_t> ParseSegmentFileName(absl::string_view name);

/// A segment as readers share it. Its file is open only while it is read: there may be more
/// segments than a process may have open files. After the file was removed a read may be NOT_FOUND:
/// whoever looks up the chunk again finds it elsewhere. Thread-safe.
class Segment {
 public:
  Segment(FileSystem& files, std::string path, const SegmentHeader& header)
      : files_(files), path_(std::move(path)), header_(header) {}

  const SegmentHeader& header() const { return header_; }
  const std::string& path() const { return path_; }
  /// May be short at the end of the file.
  absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size);
  /// Of what is in memory only, if the file is open; does not wait for the disk.
  size_t ReadCached(uint64_t offset, void* to, size_t size);
  /// What is read next comes from the disk, as far as the system allows it.
  void DropCache();
  /// The file can be read at all.
  absl::Status CheckOpens() { return Opened().status(); }
  /// Closes the file until the next read; the second only if nothing was read since its last call.
  void Close();
  void CloseIfIdle();

  /// When this process began it: what it holds was written, and verified for that, since.
  /// InfinitePast: another process did. Set before others have the segment.
  absl::Time begun = absl::InfinitePast();
  /// Where its last durable batch ends.
  std::atomic<uint64_t> end{kSegmentHeaderSize};
  /// Bytes of records that still say something.
  std::atomic<uint64_t> live_bytes{0};
  /// Its file no longer says all that the index knows of it; what is live must be written again.
  std::atomic<bool> damaged{false};

 private:
  absl::StatusOr<std::shared_ptr<File>> Opened();

  FileSystem& files_;
  const std::string path_;
  const SegmentHeader header_;
  Mutex mu_;
  std::shared_ptr<File> file_ ABSL_GUARDED_BY(mu_);  // shared with the reads on their way
  bool read_lately_ ABSL_GUARDED_BY(mu_) = false;
};

using SegmentPtr = std::shared_ptr<Segment>;

/// Appends to one segment. Used by one thread at a time.
class SegmentWriter {
 public:
  /// Writes the header under a temporary name: the segment does not exist before Publish.
  static absl::StatusOr<std::unique_ptr<SegmentWriter>> Create(FileSystem& files,
                                                               const std::string& directory,
                                                               const SegmentHeader& header,
                                                               bool direct_io);

  /// Flushes what was written, gives the file its name and flushes the directory. Any error but
  /// DISK_FULL is final for the store.
  absl::Status Publish();

  /// Writes `size` bytes at end(); they count after Sync. After a full disk the file ends where it
  /// did before, and the same place is written again.
  absl::Status Append(const char* batch, uint32_t size);
  absl::Status Sync();

  uint64_t end() const { return end_; }
  uint64_t synced() const { return synced_; }
  const SegmentPtr& segment() const { return segment_; }

 private:
  SegmentWriter(FileSystem& files, std::string directory, std::unique_ptr<File> file,
                SegmentPtr segment)
      : files_(files),
        directory_(std::move(directory)),
        file_(std::move(file)),
        segment_(std::move(segment)) {}

  FileSystem& files_;
  const std::string directory_;
  const std::unique_ptr<File> file_;
  const SegmentPtr segment_;
  bool published_ = false;
  uint64_t end_ = kSegmentHeaderSize;
  uint64_t synced_ = kSegmentHeaderSize;
};

/// The suffix of files that are no segments yet; recovery removes them.
inline constexpr absl::string_view kTemporarySuffix = ".new";

}  // namespace trebol
