#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<std::vector<v1::NodeRow>> ReadNodes(const RowReader& rows) {
  std::vector<v1::NodeRow> nodes;
  absl::Status decoded;
  const KeyRange range = row_keys::All(Table::kNode);
  RETURN_IF_ERROR(
      rows.Scan(range.from, range.to, [&](absl::string_view key, absl::string_view value) {
        decoded = DecodeRow(key, value, &nodes.emplace_back());
        return decoded.ok() ? ScanStep::Next() : ScanStep::Stop();
      }));
  RETURN_IF_ERROR(decoded);
  return nodes;
}

}  // namespace trebol::catalog
