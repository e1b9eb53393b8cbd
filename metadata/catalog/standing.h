#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"

namespace trebol::catalog {

/// What metadata says of bytes that a node holds of a version.
enum class Standing {
  kLive,     // an extent refers to them
  kGarbage,  // they have a garbage row: the collector deletes them
  kOpen,     // undecided: a commit may still come
  kUnknown,  // of a generation or a session that this cluster does not know: never touched
  kOrphan,   // decided, and nothing refers to them: neither an extent nor a garbage row
};

/// Final but for one step: a kOrphan never becomes kLive or kOpen again. Its sequence is decided,
/// so no commit of it comes; and a copy refers only to bytes that have an extent. Only an offer of
/// it makes it kGarbage.
absl::StatusOr<Standing> StandingOf(const RowReader& rows, const VersionId& version,
                                    const ApplyContext& context);

/// Changes nothing. One for each version, in order.
absl::StatusOr<std::vector<Standing>> JudgeVersions(const RowReader& rows, Generation generation,
                                                    absl::Span<const VersionId> versions);

}  // namespace trebol::catalog
