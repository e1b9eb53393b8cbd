#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/sessions.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> OpenSession(Transaction& rows, const v1::OpenSessionCommand& command,
                                        const ApplyContext& context) {
  const SessionId session(command.session());
  if (session.value == 0 || command.kind() == v1::OpenSessionCommand::KIND_UNSPECIFIED) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "a session needs an id and a kind, GATEWAY or CLIENT");
  }
  ASSIGN_OR_RETURN(const auto existing, sessions::Find(rows, session));
  if (existing.has_value() && existing->closed()) return sessions::ClosedError(session);
  uint64_t horizon = context.index.value;
  if (existing.has_value()) {
    horizon = existing->horizon();
  } else {
    v1::SessionRow row;
    row.set_kind(command.kind());
    row.set_owner(command.owner());
    row.set_opened_us(context.time_us);
    // Sequences and operations count from 1: 0 names none and was never open.
    row.set_decided_below(1);
    row.set_operations_below(1);
    // Reads of the new session begin after it learnt of this entry.
    row.set_horizon(horizon);
    RETURN_IF_ERROR(sessions::Save(rows, session, row));
    RETURN_IF_ERROR(sessions::DropOldOutcomes(rows, context));
  }
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, GetCluster(rows));
  v1::Outcome outcome;
  v1::OpenSessionOutcome& opened = *outcome.mutable_open_session();
  opened.set_session(session.value);
  opened.set_cluster_id(cluster.cluster_id());
  opened.set_generation(cluster.generation());
  opened.set_log_index(horizon);
  *opened.mutable_constants() = cluster.constants();
  opened.set_chunk_size(cluster.chunk_size());
  return outcome;
}

}  // namespace trebol::catalog
