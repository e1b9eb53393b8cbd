#include "metadata/catalog/objects.h"

#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/extents.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::objects {
namespace {

absl::Status Refuse(ErrorReason reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status ValidateUserMetadata(const v1::Manifest& manifest) {
  size_t size = 0;
  const std::string* previous = nullptr;
  for (const v1::NameValue& pair : manifest.user_metadata()) {
    size += pair.name().size() + pair.value().size();
    if (pair.name().empty() || (previous != nullptr && *previous >= pair.name())) {
      return Refuse(v1::INVALID_ARGUMENT,
                    absl::StrCat("user metadata must have distinct names in order, and '",
                                 absl::CHexEscape(pair.name()), "' is out of it"));
    }
    previous = &pair.name();
  }
  if (size > kMaxUserMetadataSize) {
    return Refuse(
        v1::USER_METADATA_TOO_LARGE,
        absl::StrCat("the user metadata has ", size, " bytes, names and values together; ",
                     "at most ", kMaxUserMetadataSize, " are allowed"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<v1::ObjectRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key) {
  ASSIGN_OR_RETURN(auto row, GetRow<v1::ObjectRow>(rows, row_keys::Object(bucket, key)));
  if (row.has_value()) row->set_key(std::string(key));
  return row;
}

absl::StatusOr<v1::ObjectRow> Put(Transaction& rows, BucketId bucket, absl::string_view key,
                                  const v1::Manifest& manifest, const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto current, Find(rows, bucket, key));
  Totals change{.objects = 1, .object_bytes = static_cast<int64_t>(manifest.size())};
  if (current.has_value()) {
    RETURN_IF_ERROR(extents::Release(rows, VersionIdOf(current->manifest().version()), context));
    change.objects -= 1;
    change.object_bytes -= static_cast<int64_t>(current->manifest().size());
  }
  RETURN_IF_ERROR(extents::AddReference(rows, manifest));
  RETURN_IF_ERROR(AddTotals(rows, change));
  v1::ObjectRow row;
  *row.mutable_manifest() = manifest;
  row.mutable_manifest()->set_last_modified_us(context.time_us);
  RETURN_IF_ERROR(PutRow(rows, row_keys::Object(bucket, key), row));
  row.set_key(std::string(key));
  return row;
}

absl::StatusOr<bool> Remove(Transaction& rows, BucketId bucket, absl::string_view key,
                            const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto current, Find(rows, bucket, key));
  if (!current.has_value()) return false;
  RETURN_IF_ERROR(extents::Release(rows, VersionIdOf(current->manifest().version()), context));
  RETURN_IF_ERROR(AddTotals(
      rows, {.objects = -1, .object_bytes = -static_cast<int64_t>(current->manifest().size())}));
  RETURN_IF_ERROR(rows.Delete(row_keys::Object(bucket, key)));
  return true;
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
  if (manifest.content_type().size() > kMaxContentTypeSize ||
      manifest.etag().size() > kMaxContentTypeSize) {
    return Refuse(v1::INVALID_ARGUMENT, absl::StrCat("a content type or etag is longer than ",
                                                     kMaxContentTypeSize, " bytes"));
  }
  return ValidateUserMetadata(manifest);
}

absl::Status NotFound(absl::string_view bucket, absl::string_view key) {
  return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                   absl::StrCat("there is no object '", absl::CHexEscape(key), "' in the bucket '",
                                bucket, "'"));
}

}  // namespace trebol::catalog::objects
