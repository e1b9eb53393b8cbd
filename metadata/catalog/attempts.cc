#include "metadata/catalog/attempts.h"

#include <utility>

#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/fence.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog::attempts {
namespace {

// The attempt did not become anything: its chunks are garbage.
absl::Status Abandon(Transaction& rows, const Attempt& attempt, const ApplyContext& context) {
  RETURN_IF_ERROR(fence::DecideAbandoned(rows, attempt.version));
  return garbage::AddKnown(rows, GarbageKind::kUnseen, attempt.version, attempt.chunks,
                           attempt.bytes, context);
}

// An earlier attempt of the operation was committed, or failed for good. That of this command may
// be another one, which is then given up, also after its session closed: its gateway reports it to
// the nodes as decided, and they will not offer it.
absl::Status AbandonAnother(Transaction& rows, const Attempt& attempt,
                            const ApplyContext& context) {
  const auto decision = fence::DecisionOf(rows, attempt.version, context);
  if (!decision.ok()) return absl::OkStatus();
  if (*decision != fence::Decision::kUndecided && *decision != fence::Decision::kLeftOpen) {
    return absl::OkStatus();
  }
  return Abandon(rows, attempt, context);
}

}  // namespace

Attempt AttemptOf(const v1::Manifest& manifest) {
  return {VersionIdOf(manifest.version()),
          extents::ChunkCount(manifest.size(), manifest.chunk_size()), manifest.size()};
}

absl::StatusOr<v1::Outcome> Once(Transaction& rows, const v1::OperationId& operation,
                                 v1::Outcome::ResultCase kind, const Attempt& attempt,
                                 const ApplyContext& context,
                                 absl::FunctionRef<absl::StatusOr<v1::Outcome>()> commit) {
  ASSIGN_OR_RETURN(auto kept, operations::Kept(rows, operation, kind));
  if (kept.has_value()) {
    RETURN_IF_ERROR(AbandonAnother(rows, attempt, context));
    return *std::move(kept);
  }
  RETURN_IF_ERROR(fence::RequireUndecided(rows, attempt.version, context));
  ASSIGN_OR_RETURN(v1::Outcome outcome, commit());
  if (outcome.has_error()) {
    RETURN_IF_ERROR(Abandon(rows, attempt, context));
  } else {
    RETURN_IF_ERROR(fence::DecideCommitted(rows, attempt.version, operation));
  }
  RETURN_IF_ERROR(operations::Keep(rows, operation, outcome));
  return outcome;
}

}  // namespace trebol::catalog::attempts
