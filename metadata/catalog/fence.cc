#include "metadata/catalog/fence.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/sessions.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::fence {
namespace {

std::string SequenceKey(const VersionId& version) {
  return row_keys::Sequence(version.session, version.sequence);
}

absl::Status CheckGeneration(const VersionId& version, const ApplyContext& context) {
  if (version.generation == context.generation) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::WRONG_GENERATION,
                   absl::StrCat("version ", ToString(version), " is of generation ",
                                ToString(version.generation), ", but this cluster is in ",
                                ToString(context.generation), "; open a new session"));
}

absl::StatusOr<Decision> DecisionIn(const RowReader& rows, const VersionId& version,
                                    const v1::SessionRow& session) {
  ASSIGN_OR_RETURN(const auto row, GetRow<v1::SequenceRow>(rows, SequenceKey(version)));
  if (row.has_value()) return row->committed() ? Decision::kCommitted : Decision::kAbandoned;
  if (session.outcomes_dropped()) return Decision::kForgotten;
  if (!sessions::SequencesOf(session).IsOpen(version.sequence)) return Decision::kForgotten;
  return session.closed() ? Decision::kLeftOpen : Decision::kUndecided;
}

absl::Status Put(Transaction& rows, const VersionId& version, const v1::SequenceRow& row) {
  return PutRow(rows, SequenceKey(version), row);
}

}  // namespace

absl::StatusOr<Decision> DecisionOf(const RowReader& rows, const VersionId& version,
                                    const ApplyContext& context) {
  RETURN_IF_ERROR(CheckGeneration(version, context));
  ASSIGN_OR_RETURN(const auto session, sessions::Find(rows, version.session));
  if (!session.has_value()) return sessions::UnknownError(version.session);
  return DecisionIn(rows, version, *session);
}

absl::Status RequireUndecided(const RowReader& rows, const VersionId& version,
                              const ApplyContext& context) {
  if (Planted("catalog.no_session_fence")) return absl::OkStatus();
  RETURN_IF_ERROR(CheckGeneration(version, context));
  ASSIGN_OR_RETURN(const auto session, sessions::RequireOpen(rows, version.session));
  if (session.kind() != v1::OpenSessionCommand::GATEWAY) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat("session ", ToString(version.session),
                                  " is a client's; versions are drawn from a gateway's session"));
  }
  ASSIGN_OR_RETURN(const Decision decision, DecisionIn(rows, version, session));
  switch (decision) {
    case Decision::kUndecided:
      return absl::OkStatus();
    case Decision::kCommitted:
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                       absl::StrCat("version ", ToString(version),
                                    " was committed by another operation; draw a new version for "
                                    "every attempt"));
    case Decision::kAbandoned:
    case Decision::kLeftOpen:
    case Decision::kForgotten:
      break;
  }
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::VERSION_ABANDONED,
                   absl::StrCat("version ", ToString(version),
                                " was given up before its commit arrived; repeat the upload with a "
                                "new version"));
}

absl::Status DecideCommitted(Transaction& rows, const VersionId& version,
                             const v1::OperationId& operation) {
  v1::SequenceRow row;
  row.set_committed(true);
  *row.mutable_operation() = operation;
  return Put(rows, version, row);
}

absl::Status DecideAbandoned(Transaction& rows, const VersionId& version) {
  if (Planted("catalog.abandon_not_decided")) return absl::OkStatus();
  return Put(rows, version, v1::SequenceRow());
}

absl::StatusOr<v1::OperationId> CommittedBy(const RowReader& rows, const VersionId& version) {
  ASSIGN_OR_RETURN(const auto row, GetRow<v1::SequenceRow>(rows, SequenceKey(version)));
  return row.has_value() ? row->operation() : v1::OperationId();
}

}  // namespace trebol::catalog::fence
