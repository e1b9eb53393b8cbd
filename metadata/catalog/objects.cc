#include "metadata/catalog/objects.h"

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/attributes.h"
#include "common/object/part_set.h"
#include "common/object/tags.h"
#include "common/object/version_ref.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/usage.h"
#include "metadata/catalog/versions.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::objects {
namespace {

using Bucket = v1::Bucket;

absl::Status Refuse(ErrorReason reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status Save(Transaction& rows, BucketId bucket, absl::string_view key, v1::ObjectRow row) {
  row.clear_key();
  return PutRow(rows, row_keys::Object(bucket, key), row);
}

// The bytes of a version that is no more.
absl::Status ReleaseBytes(Transaction& rows, const v1::ObjectRow& row, const ApplyContext& context,
                          Totals* change) {
  if (row.delete_marker()) return absl::OkStatus();
  change->object_bytes -= static_cast<int64_t>(row.manifest().size());
  return extents::Release(rows, extents::DataOf(row.manifest()), GarbageKind::kSeen, context);
}

// Takes away what the key names, as the versioning of the bucket has it: kept as an older version,
// or replaced with its bytes, together with a null version that lies among the older ones.
absl::Status StepAside(Transaction& rows, const v1::BucketRow& bucket, absl::string_view key,
                       const std::optional<v1::ObjectRow>& current, const ApplyContext& context,
                       Totals* change) {
  const BucketId id(bucket.id());
  const bool keeps = bucket.versioning() == Bucket::ENABLED;
  if (current.has_value()) {
    change->objects -= 1;
    if (keeps || current->versioned()) {
      RETURN_IF_ERROR(versions::Add(rows, id, key, *current));
    } else {
      return ReleaseBytes(rows, *current, context, change);  // it was the null version
    }
  }
  if (bucket.versioning() != Bucket::SUSPENDED) return absl::OkStatus();
  v1::VersionRef null;
  null.set_null_version(true);
  ASSIGN_OR_RETURN(const auto replaced, versions::Find(rows, id, key, null));
  if (!replaced.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(versions::Remove(rows, id, key, *replaced));
  return ReleaseBytes(rows, *replaced, context, change);
}

// The order of the next version of the key.
absl::StatusOr<uint64_t> NextOrder(const RowReader& rows, const v1::BucketRow& bucket,
                                   absl::string_view key,
                                   const std::optional<v1::ObjectRow>& current) {
  if (current.has_value()) return current->order() + 1;
  if (bucket.versioning() == Bucket::UNVERSIONED) return 1;
  ASSIGN_OR_RETURN(const auto newest, versions::Newest(rows, BucketId(bucket.id()), key));
  return newest.has_value() ? newest->order() + 1 : 1;
}

// When nothing is named any more, the newest version is, unless it is a delete marker.
absl::Status Promote(Transaction& rows, BucketId bucket, absl::string_view key) {
  ASSIGN_OR_RETURN(const auto newest, versions::Newest(rows, bucket, key));
  if (!newest.has_value() || newest->delete_marker()) return absl::OkStatus();
  RETURN_IF_ERROR(versions::Remove(rows, bucket, key, *newest));
  RETURN_IF_ERROR(Save(rows, bucket, key, *newest));
  return usage::Add(rows, bucket, {.objects = 1});
}

}  // namespace

absl::StatusOr<std::optional<v1::ObjectRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key) {
  ASSIGN_OR_RETURN(auto row, GetRow<v1::ObjectRow>(rows, row_keys::Object(bucket, key)));
  if (row.has_value()) row->set_key(std::string(key));
  return row;
}

absl::StatusOr<std::optional<Found>> FindVersion(const RowReader& rows, BucketId bucket,
                                                 absl::string_view key, const v1::VersionRef* ref) {
  ASSIGN_OR_RETURN(auto current, Find(rows, bucket, key));
  if (current.has_value() && (ref == nullptr || Names(*ref, *current))) {
    return std::optional<Found>({*std::move(current), true});
  }
  if (ref == nullptr) return std::optional<Found>();
  ASSIGN_OR_RETURN(auto old, versions::Find(rows, bucket, key, *ref));
  if (!old.has_value()) return std::optional<Found>();
  bool latest = false;
  if (old->delete_marker() && !current.has_value()) {
    ASSIGN_OR_RETURN(const auto newest, versions::Newest(rows, bucket, key));
    latest = newest->order() == old->order();
  }
  return std::optional<Found>({*std::move(old), latest});
}

absl::StatusOr<v1::ObjectRow> Put(Transaction& rows, const v1::BucketRow& bucket,
                                  absl::string_view key, v1::ObjectRow row,
                                  const ApplyContext& context) {
  const BucketId id(bucket.id());
  ASSIGN_OR_RETURN(const auto current, Find(rows, id, key));
  ASSIGN_OR_RETURN(const uint64_t order, NextOrder(rows, bucket, key, current));
  // Before anything is released: a copy of an object onto itself refers to what it replaces.
  RETURN_IF_ERROR(extents::AddReference(rows, row.manifest()));
  Totals change{.objects = 1, .object_bytes = static_cast<int64_t>(row.manifest().size())};
  RETURN_IF_ERROR(StepAside(rows, bucket, key, current, context, &change));
  RETURN_IF_ERROR(usage::Add(rows, id, change));
  row.set_order(order);
  row.set_versioned(bucket.versioning() == Bucket::ENABLED);
  *row.mutable_tags() = SortedTags(row.tags());
  row.mutable_manifest()->set_last_modified_us(context.time_us);
  RETURN_IF_ERROR(Save(rows, id, key, row));
  row.set_key(std::string(key));
  return row;
}

absl::StatusOr<v1::DeleteObjectOutcome> Delete(Transaction& rows, const v1::BucketRow& bucket,
                                               absl::string_view key, const VersionId& marker,
                                               const ApplyContext& context) {
  const BucketId id(bucket.id());
  ASSIGN_OR_RETURN(const auto current, Find(rows, id, key));
  v1::DeleteObjectOutcome outcome;
  outcome.set_existed(current.has_value());
  const bool versioned = bucket.versioning() != Bucket::UNVERSIONED;
  if (!current.has_value() && !versioned) return outcome;
  ASSIGN_OR_RETURN(const uint64_t order, NextOrder(rows, bucket, key, current));
  Totals change;
  RETURN_IF_ERROR(StepAside(rows, bucket, key, current, context, &change));
  RETURN_IF_ERROR(usage::Add(rows, id, change));
  if (current.has_value()) {
    RETURN_IF_ERROR(rows.Delete(row_keys::Object(id, key)));
  }
  if (!versioned) return outcome;
  v1::ObjectRow& row = *outcome.mutable_marker();
  *row.mutable_manifest()->mutable_version() = ToProto(marker);
  row.mutable_manifest()->set_last_modified_us(context.time_us);
  row.set_order(order);
  row.set_versioned(bucket.versioning() == Bucket::ENABLED);
  row.set_delete_marker(true);
  RETURN_IF_ERROR(versions::Add(rows, id, key, row));
  row.set_key(std::string(key));
  outcome.set_delete_marker(true);
  return outcome;
}

absl::StatusOr<v1::DeleteObjectOutcome> DeleteVersion(Transaction& rows, BucketId bucket,
                                                      absl::string_view key,
                                                      const v1::VersionRef& ref,
                                                      const ApplyContext& context) {
  v1::DeleteObjectOutcome outcome;
  ASSIGN_OR_RETURN(const auto found, FindVersion(rows, bucket, key, &ref));
  if (!found.has_value()) return outcome;
  outcome.set_existed(true);
  outcome.set_delete_marker(found->row.delete_marker());
  Totals change;
  if (found->latest && !found->row.delete_marker()) {
    RETURN_IF_ERROR(rows.Delete(row_keys::Object(bucket, key)));
    change.objects = -1;
  } else {
    RETURN_IF_ERROR(versions::Remove(rows, bucket, key, found->row));
  }
  RETURN_IF_ERROR(ReleaseBytes(rows, found->row, context, &change));
  RETURN_IF_ERROR(usage::Add(rows, bucket, change));
  if (found->latest) {
    RETURN_IF_ERROR(Promote(rows, bucket, key));
  }
  return outcome;
}

absl::Status SetTags(Transaction& rows, BucketId bucket, Found* found, const Tags& tags) {
  *found->row.mutable_tags() = SortedTags(tags);
  const std::string& key = found->row.key();
  return found->latest ? Save(rows, bucket, key, found->row)
                       : versions::Update(rows, bucket, key, found->row);
}

absl::Status ValidateManifest(const v1::Manifest& manifest) {
  if (manifest.size() > kMaxObjectSize) {
    return Refuse(v1::OBJECT_TOO_LARGE,
                  absl::StrCat("an object of ", manifest.size(),
                               " bytes is larger than the limit of ", kMaxObjectSize));
  }
  if (manifest.chunk_size() == 0 || manifest.chunk_size() > kMaxChunkSize) {
    return Refuse(v1::INVALID_ARGUMENT,
                  absl::StrCat("a chunk size of ", manifest.chunk_size(),
                               " bytes is not between 1 and ", kMaxChunkSize));
  }
  if (extents::ChunkCount(manifest.size(), manifest.chunk_size()) >
      std::numeric_limits<uint32_t>::max()) {
    return Refuse(v1::INVALID_ARGUMENT,
                  absl::StrCat(manifest.size(), " bytes in chunks of ", manifest.chunk_size(),
                               " are more than 2^32 chunks; use larger ones"));
  }
  if (manifest.etag().size() > kMaxContentTypeSize) {
    return Refuse(v1::INVALID_ARGUMENT,
                  absl::StrCat("the etag is longer than ", kMaxContentTypeSize, " bytes"));
  }
  if (!manifest.parts().empty() && !IsValidPartSet(manifest.parts())) {
    return Refuse(v1::INVALID_ARGUMENT, "the set of parts is not in the form of a manifest");
  }
  RETURN_IF_ERROR(ValidateChecksums(manifest.checksums()));
  return ValidateAttributes(manifest);
}

absl::Status NotFound(absl::string_view bucket, absl::string_view key) {
  return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                   absl::StrCat("there is no object '", absl::CHexEscape(key), "' in the bucket '",
                                bucket, "'"));
}

absl::Status IsDeleteMarker(absl::string_view key) {
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::IS_DELETE_MARKER,
                   absl::StrCat("this version of '", absl::CHexEscape(key),
                                "' is a delete marker; take one of its older versions"));
}

absl::Status VersionNotFound(absl::string_view key) {
  return MakeError(
      absl::StatusCode::kNotFound, v1::VERSION_NOT_FOUND,
      absl::StrCat("'", absl::CHexEscape(key), "' has no version with this id; list its versions"));
}

}  // namespace trebol::catalog::objects
