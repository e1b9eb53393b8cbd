#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "tests/bench/raw_load.h"
#include "tests/bench/raw_service.h"

namespace trebol::bench {
namespace {

constexpr int kCopies = 3;
constexpr size_t kAlignment = 4096;

/// One file that is appended to and flushed. Removed with the object.
class FlushedFile {
 public:
  explicit FlushedFile(std::string path)
      : path_(std::move(path)),
        buffer_(static_cast<char*>(std::aligned_alloc(kAlignment, kRawChunkSize)), &std::free) {
    const std::string bytes = RandomBytes(kRawChunkSize);
    std::memcpy(buffer_.get(), bytes.data(), bytes.size());
    constexpr int kHow = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    file_ = open(path_.c_str(), kHow | O_DIRECT, 0600);
    if (file_ < 0) file_ = open(path_.c_str(), kHow, 0600);
  }
  ~FlushedFile() {
    if (file_ >= 0) close(file_);
    unlink(path_.c_str());
  }
  FlushedFile(const FlushedFile&) = delete;
  FlushedFile& operator=(const FlushedFile&) = delete;

  absl::StatusOr<uint64_t> Append(uint64_t size) {
    for (uint64_t left = size; left > 0;) {
      const uint64_t piece = std::min(left, kRawChunkSize);
      const ssize_t written = write(file_, buffer_.get(), piece);
      if (written != static_cast<ssize_t>(piece) || fdatasync(file_) != 0) {
        return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path_));
      }
      left -= piece;
    }
    return size;
  }

 private:
  const std::string path_;
  const std::unique_ptr<char, decltype(&std::free)> buffer_;
  int file_ = -1;
};

}  // namespace

absl::StatusOr<LoadReport> WriteToDisk(const std::string& directory, uint64_t size,
                                       const LoadLimits& limits) {
  std::vector<std::unique_ptr<FlushedFile>> files;
  for (int i = 0; i < kCopies; ++i) {
    files.push_back(std::make_unique<FlushedFile>(absl::StrCat(directory, "/raw-", i)));
  }
  LoadLimits three = limits;
  three.clients = kCopies;
  three.processes = {getpid()};  // for the bytes
  if (limits.most_bytes < UINT64_MAX / kCopies) three.most_bytes = limits.most_bytes * kCopies;
  absl::StatusOr<LoadReport> report =
      RunThreads(three, size, [&](int client, uint64_t) { return files[client]->Append(size); });
  if (!report.ok()) return report;
  report->bytes /= kCopies;
  report->operations /= kCopies;
  report->server_cpu_seconds = 0;  // our own, counted as the client's
  return report;
}

}  // namespace trebol::bench
