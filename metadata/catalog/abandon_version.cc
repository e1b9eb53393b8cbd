#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/fence.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/operations.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

// Too late: says what the commit came to, while that is kept.
absl::StatusOr<v1::Outcome> WasCommitted(Transaction& rows, const VersionId& version) {
  v1::Outcome outcome;
  outcome.mutable_abandon_version()->set_committed(true);
  ASSIGN_OR_RETURN(const v1::OperationId operation, fence::CommittedBy(rows, version));
  ASSIGN_OR_RETURN(const auto row, GetRow<v1::OperationRow>(
                                       rows, row_keys::Operation(SessionId(operation.session()),
                                                                 operation.counter())));
  if (row.has_value()) {
    *outcome.mutable_abandon_version()->mutable_outcome() = row->outcome();
  }
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> AbandonVersion(Transaction& rows,
                                           const v1::AbandonVersionCommand& command,
                                           const ApplyContext& context) {
  const VersionId version = VersionIdOf(command.version());
  ASSIGN_OR_RETURN(const fence::Decision decision, fence::DecisionOf(rows, version, context));
  v1::Outcome outcome;
  outcome.mutable_abandon_version();
  switch (decision) {
    case fence::Decision::kCommitted:
      return WasCommitted(rows, version);
    case fence::Decision::kForgotten:
      return MakeError(
          absl::StatusCode::kUnknown, v1::OPERATION_UNKNOWN,
          absl::StrCat("what became of version ", ToString(version), " is no longer kept"));
    case fence::Decision::kAbandoned:
      return outcome;
    case fence::Decision::kLeftOpen:
      // Its gateway reports it to the nodes as decided, and they will not offer it: so say here
      // what was written of it.
    case fence::Decision::kUndecided:
      RETURN_IF_ERROR(fence::DecideAbandoned(rows, version));
      // What a gateway says, with a bound: the totals are sums of it. Not a refusal: the version
      // would stay undecided, and a log that holds such a command could not be replayed.
      RETURN_IF_ERROR(garbage::AddKnown(rows, GarbageKind::kUnseen, version, command.chunks(),
                                        std::min(command.bytes(), kMaxObjectSize), context));
      return outcome;
  }
  return outcome;
}

}  // namespace trebol::catalog
