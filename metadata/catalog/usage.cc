#include "metadata/catalog/usage.h"

#include "common/base/status_macros.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::usage {

absl::StatusOr<v1::BucketUsageRow> Get(const RowReader& rows, BucketId bucket) {
  ASSIGN_OR_RETURN(auto row, GetRow<v1::BucketUsageRow>(rows, row_keys::BucketUsage(bucket)));
  return std::move(row).value_or(v1::BucketUsageRow());
}

absl::Status Add(Transaction& rows, BucketId bucket, const Totals& change) {
  RETURN_IF_ERROR(AddTotals(rows, change));
  ASSIGN_OR_RETURN(v1::BucketUsageRow row, Get(rows, bucket));
  row.set_objects(AddToTotal(row.objects(), change.objects));
  row.set_bytes(AddToTotal(row.bytes(), change.object_bytes));
  row.set_old_versions(AddToTotal(row.old_versions(), change.old_versions));
  // An empty bucket has no row, so that a deleted one leaves none.
  const bool empty = row.objects() == 0 && row.bytes() == 0 && row.old_versions() == 0;
  const std::string key = row_keys::BucketUsage(bucket);
  return empty ? rows.Delete(key) : PutRow(rows, key, row);
}

}  // namespace trebol::catalog::usage
