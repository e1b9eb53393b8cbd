#pragma once

#include <string>

#include "absl/status/status.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What an object carries beside its bytes: content type, headers, user metadata. Pure.

/// Fills the manifest's fields; the default content type where there is none. `headers` may be
/// null.
void SetAttributes(const std::string& content_type,
                   const google::protobuf::Map<std::string, std::string>& user_metadata,
                   const v1::ResponseHeaders* headers, v1::Manifest* manifest);

/// Limits of S3. INVALID_ARGUMENT or USER_METADATA_TOO_LARGE, naming what and how much.
absl::Status ValidateAttributes(const v1::Manifest& manifest);

/// INVALID_CHECKSUM for a value of the wrong length, an unknown algorithm or one named twice.
absl::Status ValidateChecksums(const google::protobuf::RepeatedPtrField<v1::Checksum>& checksums);

/// Bytes of a value.
size_t ChecksumLength(v1::Checksum::Algorithm algorithm);

}  // namespace trebol
