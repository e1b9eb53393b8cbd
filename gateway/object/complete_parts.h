#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What the parts of an upload make: pure checks and sums, without a call.

/// INVALID_PART_ORDER, TOO_MANY_PARTS, INVALID_ARGUMENT: what is wrong with the list itself.
absl::Status ValidatePartList(const v1::CompleteMultipartUploadRequest& request);

/// The manifest of the object that the named parts make: its size, its checksums, its set of parts.
/// `parts` are those of the upload, by number; each but the last must have `least` bytes.
/// INVALID_PART for a part that is not there or is another, PART_TOO_SMALL, OBJECT_TOO_LARGE,
/// BODY_LENGTH_MISMATCH, CHECKSUM_MISMATCH.
absl::StatusOr<v1::Manifest> ManifestOfParts(const v1::CompleteMultipartUploadRequest& request,
                                             const v1::UploadRow& upload,
                                             const std::vector<v1::PartRow>& parts, uint64_t least);

}  // namespace trebol
