#include "metadata/catalog/standing.h"

#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/fence.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/sessions.h"

namespace trebol::catalog {

absl::StatusOr<Standing> StandingOf(const RowReader& rows, const VersionId& version,
                                    const ApplyContext& context) {
  // Of another life of the namespace, or of a session that this one never opened: not ours to
  // judge.
  if (version.generation != context.generation) return Standing::kUnknown;
  ASSIGN_OR_RETURN(const auto session, sessions::Find(rows, version.session));
  if (!session.has_value()) return Standing::kUnknown;

  ASSIGN_OR_RETURN(const bool referenced, extents::Contains(rows, version));
  if (referenced) return Standing::kLive;
  ASSIGN_OR_RETURN(const fence::Decision decision, fence::DecisionOf(rows, version, context));
  if (decision == fence::Decision::kUndecided && !Planted("catalog.undecided_is_orphan")) {
    return Standing::kOpen;
  }
  ASSIGN_OR_RETURN(const bool garbage, garbage::Contains(rows, version));
  return garbage ? Standing::kGarbage : Standing::kOrphan;
}

absl::StatusOr<std::vector<Standing>> JudgeVersions(const RowReader& rows, Generation generation,
                                                    absl::Span<const VersionId> versions) {
  const ApplyContext context{.generation = generation};
  std::vector<Standing> standings;
  standings.reserve(versions.size());
  for (const VersionId& version : versions) {
    ASSIGN_OR_RETURN(const Standing standing, StandingOf(rows, version, context));
    standings.push_back(standing);
  }
  return standings;
}

}  // namespace trebol::catalog
