#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/types.h"

namespace trebol::client {

/// Called after bytes moved, by one thread at a time, with figures that never fall; the last call
/// of a transfer that succeeded has done == total. What has not to be moved again in a resumed
/// transfer counts as done. It holds the transfer up while it runs.
using ProgressCallback = std::function<void(uint64_t done, uint64_t total)>;

struct UploadFileOptions {
  std::string content_type;                          // empty: application/octet-stream
  std::map<std::string, std::string> user_metadata;  // at most 2 KiB, names and values together
  Preconditions preconditions;                       // about the object that is there now
  ResponseHeaders headers;
  Tags tags;
  std::vector<ChecksumAlgorithm> checksums;  // computed by the server and kept, beside CRC32C

  /// Files above this size go up in parts, smaller ones in one put. Bytes.
  uint64_t multipart_threshold = uint64_t{64} << 20;
  /// Bytes of a part, 0: 16 MiB, or what 10,000 parts need. A resumed upload uses only parts of the
  /// size that it would choose itself.
  uint64_t part_size = 0;
  /// Parts on their way at the same time, each with a thread of its own and about 5 MiB of memory.
  int parallel = 4;

  /// Go on with this multipart upload: parts that are there with the size and the CRC32C of the
  /// file's bytes are not sent again.
  std::string resume_upload_id;
  /// A failed upload stays, to be resumed. Otherwise it is aborted, and its parts are freed.
  bool keep_upload_for_resume = false;
  /// Of those failures the ones after which it stays; null: all.
  std::function<bool(const absl::Status& why)> keep_after;
  /// Told once when the file goes up in parts: the id to resume with.
  std::function<void(const std::string& upload_id)> on_multipart_upload;

  ProgressCallback progress;
  std::stop_token stop;  // beside the client's own; CANCELLED
};

struct DownloadFileOptions {
  std::string version;  // empty: the latest
  Preconditions preconditions;

  /// Bytes that one read asks for.
  uint64_t range_size = uint64_t{16} << 20;
  /// Ranges read at the same time, each with a thread of its own and about 5 MiB of memory.
  int parallel = 4;

  /// Keep what a failed download has, as PATH.trebol-part and PATH.trebol-state, and use what is
  /// there when it fits the version: ranges whose bytes still have the CRC32C that was noted.
  bool resume = false;
  /// The failures after which that is kept; null: all but a wrong CRC32C of the whole.
  std::function<bool(const absl::Status& why)> keep_after;
  /// Flush the file before it gets its name, so that a power cut leaves the old file or the new.
  bool sync = true;

  ProgressCallback progress;
  std::stop_token stop;
};

}  // namespace trebol::client
