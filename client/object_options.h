#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/types.h"

namespace trebol::client {

struct PutObjectOptions {
  std::string content_type;                          // empty: application/octet-stream
  std::map<std::string, std::string> user_metadata;  // at most 2 KiB, names and values together
  std::optional<uint64_t> content_length;            // bytes; a body of another length is refused
  Preconditions preconditions;                       // about the object that is there now
  ResponseHeaders headers;
  Tags tags;                        // at most 10
  std::vector<Checksum> checksums;  // computed, compared where a value is given, and kept
  /// Without it, a put is repeated only while all that was sent is still held: the first 1 MiB.
  Rewind rewind;
};

struct ReadObjectOptions {
  ByteRange range;
  std::optional<uint64_t> suffix_length;  // the last bytes, instead of a range
  std::string version;                    // empty: the latest; "null": the null version
  Preconditions preconditions;
};

struct HeadObjectOptions {
  std::string version;  // empty: the latest; "null": the null version
  Preconditions preconditions;
};

struct SetObjectTagsOptions {
  std::string version;
};

struct DeleteObjectOptions {
  /// Empty: what the key names now, and in a versioned bucket a delete marker takes its place.
  /// Otherwise this version or delete marker, for good.
  std::string version;
  Preconditions preconditions;  // about the object that is there now
};

struct DeleteObjectResult {
  bool existed = false;
  bool delete_marker = false;  // one was made, or one was deleted
  std::string version;         // of that delete marker, or of the version deleted
};

/// One of many objects to delete.
struct DeleteEntry {
  std::string key;
  std::string version;  // as in DeleteObjectOptions
  Preconditions preconditions;
};

/// What a copy has instead of the metadata of its source.
struct ObjectMetadata {
  std::string content_type;
  std::map<std::string, std::string> user_metadata;
  ResponseHeaders headers;
};

struct CopyObjectOptions {
  std::string source_version;          // empty: the latest
  Preconditions source_preconditions;  // about the source
  Preconditions preconditions;         // about the object that is there now
  std::optional<ObjectMetadata> replace_metadata;
  std::optional<Tags> replace_tags;
};

struct CopyObjectResult {
  ObjectInfo object;
  std::string source_version;  // what was copied
};

}  // namespace trebol::client
