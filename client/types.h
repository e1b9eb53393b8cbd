#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol::client {

/// Labels by their key: at most 128 characters for a key and 256 for a value.
using Tags = std::map<std::string, std::string>;

enum class Versioning {
  kUnversioned = 0,  // a put replaces what was there
  kEnabled = 1,      // a put adds a version, a delete adds a delete marker
  kSuspended = 2,    // old versions stay; puts replace the null version
};

struct Bucket {
  std::string name;
  absl::Time created;
  Versioning versioning = Versioning::kUnversioned;
  Tags tags;  // at most 50
};

enum class ChecksumAlgorithm {
  kCrc32c = 1,  // Castagnoli; kept of every object, asked for or not
  kCrc32 = 2,   // IEEE 802.3, as in zip
  kCrc64Nvme = 3,
  kSha1 = 4,
  kSha256 = 5,
  kMd5 = 6,
};

struct Checksum {
  ChecksumAlgorithm algorithm = ChecksumAlgorithm::kCrc32c;
  std::string value;       // raw bytes, big-endian; empty in a request: compute it and keep it
  bool composite = false;  // of the values of the parts, one after the other, not of the bytes
};

/// Told to whoever downloads the object, and otherwise without effect. Each at most 1,024 bytes of
/// printable text.
struct ResponseHeaders {
  std::string content_encoding;
  std::string content_language;
  std::string content_disposition;
  std::string cache_control;
  std::string expires;
};

/// One version of an object, or a delete marker in a listing of versions.
struct ObjectInfo {
  std::string bucket;
  std::string key;
  uint64_t size = 0;  // bytes
  std::string etag;   // opaque; for Preconditions
  absl::Time last_modified;
  std::string content_type;
  std::map<std::string, std::string> user_metadata;
  uint32_t crc32c = 0;  // Castagnoli, of the whole object
  std::string version;  // opaque; another put of the same key has another, in any bucket
  ResponseHeaders headers;
  std::vector<Checksum> checksums;  // those that the upload asked for, beside crc32c
  Tags tags;                        // at most 10; not in listings
  bool null_version = false;        // replaced by the next put without versioning
  bool delete_marker = false;       // stands for a deletion; has no bytes
  bool latest = false;              // what the key names when no version is asked for
  uint32_t parts = 0;               // of a multipart upload; otherwise 0
};

/// What has to hold, or the call fails with PRECONDITION_FAILED and changes nothing (NOT_MODIFIED
/// where only if_none_match or if_modified_since of a read failed). Of a write they are checked in
/// the transaction that changes the name: of many that race, one wins.
struct Preconditions {
  std::vector<std::string> if_match;       // the object has one of these etags; "*": it exists
  std::vector<std::string> if_none_match;  // it has none of these; "*": there is none
  // Of reads and of the source of a copy only.
  std::optional<absl::Time> if_modified_since;    // ignored beside if_none_match
  std::optional<absl::Time> if_unmodified_since;  // ignored beside if_match

  static Preconditions IfMatch(std::string etag) { return {.if_match = {std::move(etag)}}; }
  static Preconditions IfNoneMatch(std::string etag) {
    return {.if_none_match = {std::move(etag)}};
  }
  static Preconditions IfExists() { return IfMatch("*"); }
  static Preconditions IfAbsent() { return IfNoneMatch("*"); }
};

/// Without a length: to the end. Cut at the end of the object.
struct ByteRange {
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};

/// Fills `to` with up to `size` bytes and returns how many; 0 is the end. An error ends the upload
/// and becomes its result. Called from the thread that uploads.
using Source = std::function<absl::StatusOr<size_t>(char* to, size_t size)>;

/// Makes a Source begin again. An upload that has one can be repeated from its beginning.
using Rewind = std::function<absl::Status()>;

/// Takes the next bytes of a download. An error ends the download and becomes its result.
using Sink = std::function<absl::Status(absl::string_view bytes)>;

}  // namespace trebol::client
