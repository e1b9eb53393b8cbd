#include <algorithm>

#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::ReadAccessKeysResponse> ReadAccessKeys(
    const RowReader& rows, const v1::ReadAccessKeysRequest& request) {
  const uint32_t limit =
      request.limit() == 0 ? kDefaultPageSize : std::min(request.limit(), kDefaultPageSize);
  const KeyRange all = row_keys::All(Table::kAccessKey);
  // The row of `after` itself is the least that is not above it.
  const std::string from =
      request.after().empty() ? all.from : row_keys::AccessKey(request.after()) + '\0';
  v1::ReadAccessKeysResponse response;
  absl::Status decoded;
  RETURN_IF_ERROR(rows.Scan(from, all.to, [&](absl::string_view key, absl::string_view value) {
    v1::AccessKeyRow row;
    decoded = DecodeRow(key, value, &row);
    if (!decoded.ok()) return ScanStep::Stop();
    if (!request.user().empty() && row.user() != request.user()) return ScanStep::Next();
    if (response.keys_size() == static_cast<int>(limit)) {
      response.set_more(true);
      return ScanStep::Stop();
    }
    row.clear_secret();
    *response.add_keys() = std::move(row);
    return ScanStep::Next();
  }));
  RETURN_IF_ERROR(decoded);
  if (response.more()) response.set_next_after(response.keys(response.keys_size() - 1).id());
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  return response;
}

}  // namespace trebol::catalog
