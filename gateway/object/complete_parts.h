#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/checksum/hasher.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What the parts of an upload make: pure checks and sums, without a call.

/// What a caller holds parts to, beside what is always true of them. A value.
struct PartRules {
  uint64_t least_size = 0;            // bytes, of every part but the last
  std::optional<PartChecksums> kind;  // that the upload was created with, if it has checksums
};

/// INVALID_PART_ORDER, TOO_MANY_PARTS, INVALID_ARGUMENT: what is wrong with the list itself.
absl::Status ValidatePartList(const v1::CompleteMultipartUploadRequest& request);

/// The manifest of the object that the named parts make: its size, its checksums, its set of parts.
/// `parts` are those of the upload, by number. INVALID_PART for a part that is not there or is
/// another, PART_TOO_SMALL and INVALID_CHECKSUM for what is against the rules, OBJECT_TOO_LARGE,
/// BODY_LENGTH_MISMATCH, CHECKSUM_MISMATCH.
absl::StatusOr<v1::Manifest> ManifestOfParts(const v1::CompleteMultipartUploadRequest& request,
                                             const v1::UploadRow& upload,
                                             const std::vector<v1::PartRow>& parts,
                                             const PartRules& rules);

}  // namespace trebol
