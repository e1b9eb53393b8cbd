#include <algorithm>

#include "common/base/ids.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> RecordPositions(Transaction& rows,
                                            const v1::RecordPositionsCommand& command,
                                            const ApplyContext& context) {
  for (const v1::RecordPositionsCommand::Entry& entry : command.entries()) {
    const std::string key = row_keys::Node(NodeId(entry.node_id()));
    ASSIGN_OR_RETURN(auto row, GetRow<v1::NodeRow>(rows, key));
    // Of an earlier start of that node: the registration said more.
    if (!row.has_value() || entry.incarnation() != row->incarnation()) continue;
    const bool compared = entry.compared() || Planted("catalog.reconciled_uncompared");
    const bool reconciled = compared && row->reconciling();
    if (entry.synced_position() <= row->synced_position() && !reconciled) continue;
    row->set_synced_position(std::max(row->synced_position(), entry.synced_position()));
    if (reconciled) row->set_reconciling(false);
    RETURN_IF_ERROR(PutRow(rows, key, *row));
  }
  return v1::Outcome();
}

}  // namespace trebol::catalog
