#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

/// Where commit and collection meet: every version is decided once, COMMITTED or ABANDONED, in the
/// log; and only what is decided is ever garbage.
namespace trebol::catalog::fence {

enum class Decision {
  kUndecided,
  kCommitted,
  kAbandoned,
  kLeftOpen,   // undecided when its session closed: ABANDONED by that, but nothing says what it
               // wrote
  kForgotten,  // decided, but no longer kept which way
};

/// WRONG_GENERATION or SESSION_UNKNOWN for a version that this cluster never gave out.
absl::StatusOr<Decision> DecisionOf(const RowReader& rows, const VersionId& version,
                                    const ApplyContext& context);

/// OK if the version may be committed now: its session is open and it is undecided.
/// SESSION_UNKNOWN, SESSION_CLOSED, WRONG_GENERATION, VERSION_ABANDONED; INVALID_ARGUMENT if it was
/// committed by another operation, or its session is not a gateway's.
absl::Status RequireUndecided(const RowReader& rows, const VersionId& version,
                              const ApplyContext& context);

absl::Status DecideCommitted(Transaction& rows, const VersionId& version,
                             const v1::OperationId& operation);
absl::Status DecideAbandoned(Transaction& rows, const VersionId& version);

/// Of a committed version, while it is kept.
absl::StatusOr<v1::OperationId> CommittedBy(const RowReader& rows, const VersionId& version);

}  // namespace trebol::catalog::fence
