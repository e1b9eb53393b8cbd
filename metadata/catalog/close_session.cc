#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/sessions.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> CloseSession(Transaction& rows, const v1::CloseSessionCommand& command,
                                         const ApplyContext& context) {
  const SessionId session(command.session());
  ASSIGN_OR_RETURN(const auto row, sessions::Find(rows, session));
  if (!row.has_value()) return sessions::UnknownError(session);
  if (command.of_client() && row->kind() != v1::OpenSessionCommand::CLIENT) {
    return sessions::NotAClients(session);
  }
  if (row->closed()) return v1::Outcome();
  // A renewal that came in after the leader judged makes its expiry void.
  if (command.has_expired_at_number() && command.expired_at_number() != row->number() &&
      !Planted("catalog.expires_what_was_renewed")) {
    return v1::Outcome();
  }
  RETURN_IF_ERROR(sessions::Close(rows, session, *row, context));
  RETURN_IF_ERROR(sessions::DropOldOutcomes(rows, context));
  return v1::Outcome();
}

}  // namespace trebol::catalog
