#include "metadata/catalog/versions.h"

#include <string>

#include "common/base/status_macros.h"
#include "common/object/version_ref.h"
#include "metadata/catalog/usage.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::versions {
namespace {

absl::Status Save(Transaction& rows, BucketId bucket, absl::string_view key, v1::ObjectRow row) {
  row.clear_key();
  return PutRow(rows, row_keys::Version(bucket, key, row.order()), row);
}

}  // namespace

absl::StatusOr<std::optional<v1::ObjectRow>> Newest(const RowReader& rows, BucketId bucket,
                                                    absl::string_view key) {
  std::optional<v1::ObjectRow> newest;
  absl::Status decoded;
  const KeyRange range = row_keys::RowsOf(Table::kVersion, bucket, key);
  RETURN_IF_ERROR(
      rows.Scan(range.from, range.to, [&](absl::string_view row_key, absl::string_view value) {
        decoded = DecodeRow(row_key, value, &newest.emplace());
        return ScanStep::Stop();
      }));
  RETURN_IF_ERROR(decoded);
  if (newest.has_value()) newest->set_key(std::string(key));
  return newest;
}

absl::StatusOr<std::optional<v1::ObjectRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key,
                                                  const v1::VersionRef& ref) {
  uint64_t order = ref.order();
  if (ref.null_version()) {
    ASSIGN_OR_RETURN(const auto place,
                     GetRow<v1::NullVersionRow>(rows, row_keys::NullVersion(bucket, key)));
    if (!place.has_value()) return std::optional<v1::ObjectRow>();
    order = place->order();
  }
  ASSIGN_OR_RETURN(auto row, GetRow<v1::ObjectRow>(rows, row_keys::Version(bucket, key, order)));
  if (!row.has_value() || !Names(ref, *row)) return std::optional<v1::ObjectRow>();
  row->set_key(std::string(key));
  return row;
}

absl::Status Add(Transaction& rows, BucketId bucket, absl::string_view key,
                 const v1::ObjectRow& row) {
  RETURN_IF_ERROR(Save(rows, bucket, key, row));
  if (!row.versioned()) {
    v1::NullVersionRow place;
    place.set_order(row.order());
    RETURN_IF_ERROR(PutRow(rows, row_keys::NullVersion(bucket, key), place));
  }
  return usage::Add(rows, bucket, {.old_versions = 1});
}

absl::Status Update(Transaction& rows, BucketId bucket, absl::string_view key,
                    const v1::ObjectRow& row) {
  return Save(rows, bucket, key, row);
}

absl::Status Remove(Transaction& rows, BucketId bucket, absl::string_view key,
                    const v1::ObjectRow& row) {
  RETURN_IF_ERROR(rows.Delete(row_keys::Version(bucket, key, row.order())));
  if (!row.versioned()) {
    RETURN_IF_ERROR(rows.Delete(row_keys::NullVersion(bucket, key)));
  }
  return usage::Add(rows, bucket, {.old_versions = -1});
}

}  // namespace trebol::catalog::versions
