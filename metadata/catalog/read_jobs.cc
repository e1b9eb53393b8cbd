#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::JobsRow> ReadJobs(const RowReader& rows) {
  ASSIGN_OR_RETURN(auto row, GetRow<v1::JobsRow>(rows, row_keys::Jobs()));
  return std::move(row).value_or(v1::JobsRow());
}

}  // namespace trebol::catalog
