#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gateway/s3/codec/request_target.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// What an answer about an object says beside what the object has. A value.
struct ObjectAnswer {
  bool versioned = false;              // the bucket has or had versions: x-amz-version-id is sent
  bool checksums = false;              // x-amz-checksum-mode: ENABLED, and all bytes are sent
  bool parts_count = false;            // a part was asked for: x-amz-mp-parts-count
  std::optional<v1::ByteRange> range;  // what is sent of a 206: Content-Range; has a length
};

/// Of GetObject and HeadObject: ETag, Last-Modified, Content-Type, the headers that the object
/// keeps, x-amz-meta-*, and the like. Content-Length is left to who sends the body. Pure.
HttpHeaders ObjectResponseHeaders(const v1::ObjectInfo& info, const ObjectAnswer& answer);

/// Of answers to writes: ETag, x-amz-version-id of what has one, x-amz-checksum-*. Pure.
HttpHeaders WriteResponseHeaders(const v1::ObjectInfo& info);
/// x-amz-checksum-* of a part of an object. Pure.
HttpHeaders PartChecksumHeaders(const v1::PartInfo& part);
/// Of those that tell the rest in their document: x-amz-version-id, unless it is the null version.
void AddWrittenVersion(const v1::ObjectInfo& info, HttpHeaders* headers);

/// Of UploadPart. Pure.
HttpHeaders PartResponseHeaders(const v1::PartInfo& part);

/// Of DeleteObject, and of a read that met a delete marker. Pure.
HttpHeaders DeleteResponseHeaders(bool delete_marker, const std::string& version);

/// response-content-type and its sisters instead of what `headers` has. InvalidRequest for a
/// request that is not `is_signed`: a link must not make a public object something else;
/// InvalidArgument for a value with control characters, which could end a header early. Pure.
absl::Status OverrideResponseHeaders(const QueryParameters& query, bool is_signed,
                                     HttpHeaders* headers);

}  // namespace trebol
