#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::catalog {

/// Identity and totals of the cluster. DATA_LOSS if the row is missing: it is written first.
absl::StatusOr<v1::ClusterRow> GetCluster(const RowReader& rows);
absl::Status PutCluster(Transaction& rows, const v1::ClusterRow& row);

/// The cluster map as it is published.
absl::StatusOr<v1::ClusterMap> GetMap(const RowReader& rows);
absl::Status PutMap(Transaction& rows, const v1::ClusterMap& map);

/// What a command changes in the totals.
struct Totals {
  int64_t buckets = 0;
  int64_t objects = 0;
  int64_t object_bytes = 0;
  int64_t garbage_bytes = 0;
  int64_t garbage_versions = 0;
  int64_t old_versions = 0;
  int64_t uploads = 0;
};
/// A total never falls below zero: that is our own business.
uint64_t AddToTotal(uint64_t total, int64_t change);
absl::Status AddTotals(Transaction& rows, const Totals& change);

}  // namespace trebol::catalog
