#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> BeginTerm(Transaction& rows, const v1::BeginTermCommand& command,
                                      const ApplyContext& context) {
  v1::TermRow row;
  row.set_term(command.term());
  RETURN_IF_ERROR(PutRow(rows, row_keys::Term(context.index), row));
  return v1::Outcome();
}

}  // namespace trebol::catalog
