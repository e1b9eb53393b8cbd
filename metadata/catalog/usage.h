#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// What each bucket holds, kept with the totals of the cluster in the same transactions.
namespace trebol::catalog::usage {

absl::StatusOr<v1::BucketUsageRow> Get(const RowReader& rows, BucketId bucket);

/// Changes the totals of the cluster, and objects, bytes and older versions of the bucket.
absl::Status Add(Transaction& rows, BucketId bucket, const Totals& change);

}  // namespace trebol::catalog::usage
