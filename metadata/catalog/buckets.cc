#include "metadata/catalog/buckets.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::buckets {

absl::StatusOr<std::optional<v1::BucketRow>> Find(const RowReader& rows, absl::string_view name) {
  return GetRow<v1::BucketRow>(rows, row_keys::Bucket(name));
}

absl::StatusOr<std::optional<v1::BucketRow>> FindChecked(const RowReader& rows,
                                                         absl::string_view name,
                                                         const ApplyContext& context) {
  ASSIGN_OR_RETURN(auto bucket, Find(rows, name));
  if (!bucket.has_value() || Planted("catalog.any_bucket_of_the_name")) return bucket;
  for (const v1::CheckedBucket& checked : context.command->checked_buckets()) {
    if (checked.name() != name || checked.id() == bucket->id()) continue;
    return MakeError(absl::StatusCode::kAborted, v1::BUCKET_REPLACED,
                     absl::StrCat("the bucket '", name,
                                  "' was deleted and created anew meanwhile; repeat the call"));
  }
  return bucket;
}

absl::StatusOr<v1::BucketRow> Create(Transaction& rows, absl::string_view name,
                                     absl::string_view owner, const ApplyContext& context) {
  ASSIGN_OR_RETURN(v1::ClusterRow cluster, GetCluster(rows));
  v1::BucketRow bucket;
  bucket.set_id(cluster.next_bucket_id());
  bucket.set_name(std::string(name));
  bucket.set_created_us(context.time_us);
  bucket.set_owner(std::string(owner));
  cluster.set_next_bucket_id(cluster.next_bucket_id() + 1);
  cluster.set_buckets(cluster.buckets() + 1);
  RETURN_IF_ERROR(PutCluster(rows, cluster));
  RETURN_IF_ERROR(Put(rows, bucket));
  return bucket;
}

absl::Status Put(Transaction& rows, const v1::BucketRow& bucket) {
  return PutRow(rows, row_keys::Bucket(bucket.name()), bucket);
}

absl::Status Remove(Transaction& rows, absl::string_view name) {
  return rows.Delete(row_keys::Bucket(name));
}

absl::StatusOr<bool> HasNoObject(const RowReader& rows, BucketId id) {
  bool empty = true;
  for (const Table table : {Table::kObject, Table::kVersion}) {
    const KeyRange range = row_keys::RowsOf(table, id);
    RETURN_IF_ERROR(rows.Scan(range.from, range.to, [&](absl::string_view, absl::string_view) {
      empty = false;
      return ScanStep::Stop();
    }));
  }
  return empty;
}

absl::Status NotFound(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND,
      absl::StrCat("the bucket '", absl::CHexEscape(name.substr(0, 100)),
                   "' does not exist; create it first, or list the buckets there are"));
}

}  // namespace trebol::catalog::buckets
