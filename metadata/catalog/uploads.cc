#include "metadata/catalog/uploads.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/garbage.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::uploads {

absl::StatusOr<std::optional<v1::UploadRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key, const VersionId& upload) {
  ASSIGN_OR_RETURN(auto row, GetRow<v1::UploadRow>(rows, row_keys::Upload(bucket, key, upload)));
  if (row.has_value()) {
    row->set_key(std::string(key));
    *row->mutable_upload() = ToProto(upload);
  }
  return row;
}

absl::Status Save(Transaction& rows, BucketId bucket, v1::UploadRow row) {
  const std::string row_key = row_keys::Upload(bucket, row.key(), VersionIdOf(row.upload()));
  row.clear_key();
  row.clear_upload();
  return PutRow(rows, row_key, row);
}

absl::Status Remove(Transaction& rows, BucketId bucket, absl::string_view key,
                    const VersionId& upload) {
  return rows.Delete(row_keys::Upload(bucket, key, upload));
}

absl::StatusOr<std::vector<Place>> OfBucket(const RowReader& rows, BucketId bucket, size_t most) {
  std::vector<Place> places;
  const KeyRange range = row_keys::RowsOf(Table::kUpload, bucket);
  RETURN_IF_ERROR(
      rows.Scan(range.from, range.to, [&](absl::string_view row_key, absl::string_view) {
        if (places.size() == most) return ScanStep::Stop();
        places.push_back({std::string(row_keys::NameOf(row_key)), row_keys::UploadOf(row_key)});
        return ScanStep::Next();
      }));
  return places;
}

absl::Status Abort(Transaction& rows, BucketId bucket, absl::string_view key,
                   const VersionId& upload, const ApplyContext& context) {
  RETURN_IF_ERROR(Remove(rows, bucket, key, upload));
  RETURN_IF_ERROR(AddTotals(rows, {.uploads = -1}));
  return garbage::AddUpload(rows, GarbageKind::kUnseen, upload, v1::GarbageRow::ALL_PARTS, "",
                            /*bytes=*/0, context);
}

absl::StatusOr<std::optional<v1::CompletedUploadRow>> FindCompleted(const RowReader& rows,
                                                                    BucketId bucket,
                                                                    absl::string_view key,
                                                                    const VersionId& upload) {
  ASSIGN_OR_RETURN(auto row,
                   GetRow<v1::CompletedUploadRow>(rows, row_keys::CompletedUpload(upload)));
  if (row.has_value() && (BucketId(row->bucket_id()) != bucket || row->object().key() != key)) {
    return std::optional<v1::CompletedUploadRow>();
  }
  return row;
}

absl::Status SaveCompleted(Transaction& rows, const VersionId& upload, BucketId bucket,
                           const v1::ObjectRow& object) {
  v1::CompletedUploadRow row;
  row.set_bucket_id(bucket.value);
  *row.mutable_object() = object;
  return PutRow(rows, row_keys::CompletedUpload(upload), row);
}

absl::StatusOr<std::optional<v1::PartRow>> FindPart(const RowReader& rows, const VersionId& upload,
                                                    uint32_t number) {
  ASSIGN_OR_RETURN(auto row, GetRow<v1::PartRow>(rows, row_keys::Part(upload, number)));
  if (row.has_value()) row->set_number(number);
  return row;
}

absl::Status SavePart(Transaction& rows, const VersionId& upload, v1::PartRow part) {
  const std::string row_key = row_keys::Part(upload, part.number());
  part.clear_number();
  return PutRow(rows, row_key, part);
}

absl::Status NotFound(absl::string_view key, const VersionId& upload) {
  return MakeError(
      absl::StatusCode::kNotFound, v1::UPLOAD_NOT_FOUND,
      absl::StrCat("there is no unfinished multipart upload ", ToString(upload), " of '",
                   absl::CHexEscape(key), "'; it was completed or aborted, or never was"));
}

}  // namespace trebol::catalog::uploads
