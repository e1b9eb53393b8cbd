#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::LogPosition> ReadHead(const RowReader& rows) {
  ASSIGN_OR_RETURN(const auto applied, GetRow<v1::AppliedRow>(rows, row_keys::Applied()));
  v1::LogPosition head;
  if (applied.has_value()) {
    head.set_index(applied->index());
    head.set_term(applied->term());
  }
  return head;
}

absl::StatusOr<bool> HistoryHas(const RowReader& rows, const v1::LogPosition& position) {
  if (position.index() == 0) return true;
  ASSIGN_OR_RETURN(const v1::LogPosition head, ReadHead(rows));
  if (position.index() > head.index()) return false;
  // One row a start of metadata: few enough to walk.
  v1::TermRow term;
  absl::Status decoded;
  const std::string from = row_keys::Term(LogIndex(0));
  const std::string to = row_keys::Term(LogIndex(position.index() + 1));
  RETURN_IF_ERROR(rows.Scan(from, to, [&](absl::string_view key, absl::string_view value) {
    decoded = DecodeRow(key, value, &term);
    return decoded.ok() ? ScanStep::Next() : ScanStep::Stop();
  }));
  RETURN_IF_ERROR(decoded);
  return term.term() == position.term();
}

}  // namespace trebol::catalog
