#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/types.h"

namespace trebol::client {

/// Limits of a multipart upload.
inline constexpr uint32_t kMaxParts = 10'000;
inline constexpr uint64_t kMaxPartSize = uint64_t{5} << 30;  // bytes

/// An upload in parts: create, upload parts in any order and at the same time, complete. Nothing is
/// seen under the key before; it stays until it is completed or aborted. To go on with one, its
/// bucket, key and upload_id are enough.
struct MultipartUpload {
  std::string bucket;
  std::string key;
  std::string upload_id;  // opaque
  absl::Time initiated;
  std::vector<ChecksumAlgorithm> checksums;
};

struct CreateMultipartUploadOptions {
  std::string content_type;                          // empty: application/octet-stream
  std::map<std::string, std::string> user_metadata;  // at most 2 KiB, names and values together
  ResponseHeaders headers;
  Tags tags;  // at most 10
  /// Kept of every part, and of the object: CRC32 and CRC64NVME of its bytes, SHA1, SHA256 and MD5
  /// composite.
  std::vector<ChecksumAlgorithm> checksums;
};

struct PartInfo {
  uint32_t part_number = 0;  // 1 to kMaxParts
  uint64_t size = 0;         // bytes
  std::string etag;          // opaque
  absl::Time last_modified;
  uint32_t crc32c = 0;
  std::vector<Checksum> checksums;
};

struct UploadPartOptions {
  std::optional<uint64_t> content_length;  // bytes; a body of another length is refused
  std::vector<Checksum> checksums;         // compared where a value is given
  Rewind rewind;                           // as in PutObjectOptions
};

struct CompleteMultipartUploadOptions {
  Preconditions preconditions;      // about the object that is there now
  std::optional<uint64_t> size;     // bytes of the object; another is refused
  std::vector<Checksum> checksums;  // of the object; others are refused
};

struct ListPartsOptions {
  uint32_t start_after = 0;  // part numbers greater than this
  uint32_t page_size = 0;    // 0: 1,000, at most 10,000
};

struct ListPartsPage {
  MultipartUpload upload;
  std::vector<PartInfo> parts;    // by number
  uint32_t next_start_after = 0;  // 0 on the last page
};

struct ListMultipartUploadsRequest {
  std::string bucket;
  std::string prefix;
  std::string delimiter;
  std::string start_after;            // keys greater than this; with start_after_upload_id:
  std::string start_after_upload_id;  // that key's later uploads, and later keys
  std::string page_token;
  uint32_t page_size = 0;  // uploads and prefixes; 0: 1,000, at most 10,000
};

struct ListMultipartUploadsPage {
  std::vector<MultipartUpload> uploads;  // by key, then in order of their ids
  std::vector<std::string> common_prefixes;
  std::string next_page_token;
};

}  // namespace trebol::client
