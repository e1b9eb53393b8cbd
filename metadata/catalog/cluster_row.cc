#include "metadata/catalog/cluster_row.h"

#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

absl::Status Missing(absl::string_view row) {
  return MakeError(absl::StatusCode::kDataLoss, v1::STORE_FAILED,
                   absl::StrCat("the row of the ", row,
                                " is missing from the metadata store; restore it from a backup"));
}

}  // namespace

absl::StatusOr<v1::ClusterRow> GetCluster(const RowReader& rows) {
  ASSIGN_OR_RETURN(auto row, GetRow<v1::ClusterRow>(rows, row_keys::Cluster()));
  if (!row.has_value()) return Missing("cluster");
  return *std::move(row);
}

absl::Status PutCluster(Transaction& rows, const v1::ClusterRow& row) {
  return PutRow(rows, row_keys::Cluster(), row);
}

absl::StatusOr<v1::ClusterMap> GetMap(const RowReader& rows) {
  ASSIGN_OR_RETURN(auto map, GetRow<v1::ClusterMap>(rows, row_keys::Map()));
  if (!map.has_value()) return Missing("cluster map");
  return *std::move(map);
}

absl::Status PutMap(Transaction& rows, const v1::ClusterMap& map) {
  return PutRow(rows, row_keys::Map(), map);
}

uint64_t AddToTotal(uint64_t total, int64_t change) {
  const uint64_t sum = total + static_cast<uint64_t>(change);
  TREBOL_CHECK(change >= 0 ? sum >= total : sum < total);
  return sum;
}

absl::Status AddTotals(Transaction& rows, const Totals& change) {
  ASSIGN_OR_RETURN(v1::ClusterRow row, GetCluster(rows));
  row.set_buckets(AddToTotal(row.buckets(), change.buckets));
  row.set_objects(AddToTotal(row.objects(), change.objects));
  row.set_object_bytes(AddToTotal(row.object_bytes(), change.object_bytes));
  row.set_garbage_bytes(AddToTotal(row.garbage_bytes(), change.garbage_bytes));
  row.set_garbage_versions(AddToTotal(row.garbage_versions(), change.garbage_versions));
  row.set_old_versions(AddToTotal(row.old_versions(), change.old_versions));
  row.set_uploads(AddToTotal(row.uploads(), change.uploads));
  return PutCluster(rows, row);
}

}  // namespace trebol::catalog
