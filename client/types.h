#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol::client {

struct Bucket {
  std::string name;
  absl::Time created;
};

struct ObjectInfo {
  std::string bucket;
  std::string key;
  uint64_t size = 0;  // bytes
  std::string etag;   // opaque
  absl::Time last_modified;
  std::string content_type;
  std::map<std::string, std::string> user_metadata;
  uint32_t crc32c = 0;  // Castagnoli, of the whole object
  std::string version;  // opaque; another put of the same key has another
};

/// Without a length: to the end. Cut at the end of the object.
struct ByteRange {
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};

/// Fills `to` with up to `size` bytes and returns how many; 0 is the end. An error ends the upload
/// and becomes its result. Called from the thread that uploads.
using Source = std::function<absl::StatusOr<size_t>(char* to, size_t size)>;

/// Takes the next bytes of a download. An error ends the download and becomes its result.
using Sink = std::function<absl::Status(absl::string_view bytes)>;

struct PutObjectOptions {
  std::string content_type;                          // empty: application/octet-stream
  std::map<std::string, std::string> user_metadata;  // at most 2 KiB, names and values together
  std::optional<uint64_t> content_length;            // bytes; a body of another length is refused
};

struct ListObjectsRequest {
  std::string bucket;
  std::string prefix;
  std::string delimiter;    // keys that share prefix…delimiter are folded into one common prefix
  std::string start_after;  // keys greater than this
  std::string page_token;   // of the previous page
  uint32_t page_size = 0;   // keys and prefixes; 0: 1,000, at most 10,000
};

struct ListObjectsPage {
  std::vector<ObjectInfo> objects;  // in order of the bytes of their keys
  std::vector<std::string> common_prefixes;
  std::string next_page_token;  // empty on the last page
};

}  // namespace trebol::client
