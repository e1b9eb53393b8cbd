#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::ReadBucketsResponse> ReadBuckets(const RowReader& rows) {
  v1::ReadBucketsResponse response;
  absl::Status decoded;
  const KeyRange buckets = row_keys::All(Table::kBucket);
  RETURN_IF_ERROR(
      rows.Scan(buckets.from, buckets.to, [&](absl::string_view key, absl::string_view value) {
        decoded = DecodeRow(key, value, response.add_buckets());
        return decoded.ok() ? ScanStep::Next() : ScanStep::Stop();
      }));
  RETURN_IF_ERROR(decoded);
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  return response;
}

}  // namespace trebol::catalog
