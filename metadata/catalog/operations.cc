#include "metadata/catalog/operations.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/ids.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/sessions.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::operations {
namespace {

std::string Describe(const v1::OperationId& operation) {
  return absl::StrCat("operation ", operation.counter(), " of session ",
                      ToHex(operation.session()));
}

absl::Status NoLongerKept(const v1::OperationId& operation) {
  return MakeError(absl::StatusCode::kUnknown, v1::OPERATION_UNKNOWN,
                   absl::StrCat("the outcome of ", Describe(operation),
                                " is no longer kept; look whether it took effect before you begin "
                                "a new one"));
}

}  // namespace

absl::StatusOr<std::optional<v1::Outcome>> Kept(const RowReader& rows,
                                                const v1::OperationId& operation,
                                                v1::Outcome::ResultCase kind) {
  if (operation.session() == 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "the command has no operation id; draw one from an open session");
  }
  if (Planted("catalog.no_operation_check")) return std::optional<v1::Outcome>();
  const SessionId session_id(operation.session());
  ASSIGN_OR_RETURN(const auto session, sessions::Find(rows, session_id));
  if (!session.has_value() || session->outcomes_dropped()) return NoLongerKept(operation);
  if (operation.of_client() && session->kind() != v1::OpenSessionCommand::CLIENT) {
    return sessions::NotAClients(session_id);
  }
  if (!sessions::OperationsOf(*session).IsOpen(operation.counter())) {
    return NoLongerKept(operation);
  }
  ASSIGN_OR_RETURN(const auto row, GetRow<v1::OperationRow>(
                                       rows, row_keys::Operation(session_id, operation.counter())));
  if (row.has_value()) {
    const v1::Outcome& outcome = row->outcome();
    if (!outcome.has_error() && outcome.result_case() != kind) {
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                       absl::StrCat(Describe(operation),
                                    " was another kind of call; every call needs its own id"));
    }
    return std::optional<v1::Outcome>(outcome);
  }
  if (session->closed()) return sessions::ClosedError(session_id);
  return std::optional<v1::Outcome>();
}

absl::Status Keep(Transaction& rows, const v1::OperationId& operation, const v1::Outcome& outcome) {
  v1::OperationRow row;
  *row.mutable_outcome() = outcome;
  return PutRow(rows, row_keys::Operation(SessionId(operation.session()), operation.counter()),
                row);
}

absl::StatusOr<v1::Outcome> Once(Transaction& rows, const v1::OperationId& operation,
                                 v1::Outcome::ResultCase kind,
                                 absl::FunctionRef<absl::StatusOr<v1::Outcome>()> command) {
  ASSIGN_OR_RETURN(auto kept, Kept(rows, operation, kind));
  if (kept.has_value()) return *std::move(kept);
  ASSIGN_OR_RETURN(v1::Outcome outcome, command());
  RETURN_IF_ERROR(Keep(rows, operation, outcome));
  return outcome;
}

v1::Outcome Failure(const absl::Status& error) {
  v1::Outcome outcome;
  outcome.mutable_error()->set_code(static_cast<int>(error.code()));
  outcome.mutable_error()->set_reason(ReasonOf(error));
  outcome.mutable_error()->set_message(std::string(error.message()));
  return outcome;
}

}  // namespace trebol::catalog::operations
