#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/sessions.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> SettleSessions(Transaction& rows,
                                           const v1::SettleSessionsCommand& command,
                                           const ApplyContext& context) {
  for (const uint64_t id : command.sessions()) {
    ASSIGN_OR_RETURN(auto row, sessions::Find(rows, SessionId(id)));
    if (!row.has_value() || !row->closed() || row->settled()) continue;
    row->set_settled(true);
    RETURN_IF_ERROR(sessions::Save(rows, SessionId(id), *row));
  }
  return v1::Outcome();
}

}  // namespace trebol::catalog
