#include <utility>

#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<std::vector<ExtentInfo>> ReadExtents(const RowReader& rows, const VersionId& after,
                                                    size_t limit) {
  std::vector<ExtentInfo> extents;
  absl::Status decoded;
  const std::string last = row_keys::Extent(after);
  const std::string to = row_keys::All(Table::kExtent).to;
  RETURN_IF_ERROR(rows.Scan(last, to, [&](absl::string_view key, absl::string_view value) {
    if (key == last) return ScanStep::Next();
    if (extents.size() == limit) return ScanStep::Stop();
    ExtentInfo extent{row_keys::ExtentOf(key), {}};
    decoded = DecodeRow(key, value, &extent.row);
    if (!decoded.ok()) return ScanStep::Stop();
    extents.push_back(std::move(extent));
    return ScanStep::Next();
  }));
  RETURN_IF_ERROR(decoded);
  return extents;
}

}  // namespace trebol::catalog
