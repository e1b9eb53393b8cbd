#pragma once

#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

/// One call of a client takes effect at most once, however often and through whichever gateway it
/// is repeated.
namespace trebol::catalog::operations {

/// The outcome of an operation that was decided; nullopt if it may be decided now.
/// OPERATION_UNKNOWN (code UNKNOWN, never a definite error) if its outcome is no longer kept;
/// SESSION_CLOSED if it was not decided and never will be; INVALID_ARGUMENT if it was another kind
/// of call.
absl::StatusOr<std::optional<v1::Outcome>> Kept(const RowReader& rows,
                                                const v1::OperationId& operation,
                                                v1::Outcome::ResultCase kind);

absl::Status Keep(Transaction& rows, const v1::OperationId& operation, const v1::Outcome& outcome);

/// Runs `command` unless it was decided before, and keeps its outcome.
absl::StatusOr<v1::Outcome> Once(Transaction& rows, const v1::OperationId& operation,
                                 v1::Outcome::ResultCase kind,
                                 absl::FunctionRef<absl::StatusOr<v1::Outcome>()> command);

/// An outcome that is a definite failure: decided, logged, and the same for every repeat.
v1::Outcome Failure(const absl::Status& error);

}  // namespace trebol::catalog::operations
