#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// What keys name, with the rules of versioned buckets (Bucket.Versioning): the latest version is
/// in table object, so that listings meet nothing else; older versions and delete markers are in
/// table version (versions.h).
namespace trebol::catalog::objects {

/// What the key names, with its key; nullopt also where the latest version is a delete marker.
absl::StatusOr<std::optional<v1::ObjectRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key);

/// Any version of the key, delete markers too; without a reference what the key names.
struct Found {
  v1::ObjectRow row;
  bool latest = false;
};
absl::StatusOr<std::optional<Found>> FindVersion(const RowReader& rows, BucketId bucket,
                                                 absl::string_view key, const v1::VersionRef* ref);

/// Makes `row` (its manifest and tags) what the key names. What it named before stays as an older
/// version, or loses a reference. Keeps the totals. Returns the row as it is stored.
absl::StatusOr<v1::ObjectRow> Put(Transaction& rows, const v1::BucketRow& bucket,
                                  absl::string_view key, v1::ObjectRow row,
                                  const ApplyContext& context);

/// A delete without a version: in a versioned bucket a delete marker comes on top, known by
/// `marker`.
absl::StatusOr<v1::DeleteObjectOutcome> Delete(Transaction& rows, const v1::BucketRow& bucket,
                                               absl::string_view key, const VersionId& marker,
                                               const ApplyContext& context);

/// Deletes one version or delete marker for good; the newest that is left is what the key names.
absl::StatusOr<v1::DeleteObjectOutcome> DeleteVersion(Transaction& rows, BucketId bucket,
                                                      absl::string_view key,
                                                      const v1::VersionRef& ref,
                                                      const ApplyContext& context);

/// Other tags for a version that was found.
absl::Status SetTags(Transaction& rows, BucketId bucket, Found* found,
                     const google::protobuf::RepeatedPtrField<v1::Tag>& tags);

/// INVALID_ARGUMENT, USER_METADATA_TOO_LARGE or OBJECT_TOO_LARGE for what no gateway should send.
absl::Status ValidateManifest(const v1::Manifest& manifest);

/// OBJECT_NOT_FOUND; VERSION_NOT_FOUND.
absl::Status NotFound(absl::string_view bucket, absl::string_view key);
absl::Status VersionNotFound(absl::string_view key);
/// IS_DELETE_MARKER: it has no bytes and no attributes.
absl::Status IsDeleteMarker(absl::string_view key);

}  // namespace trebol::catalog::objects
