#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/ids.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/fence.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/sessions.h"
#include "metadata/state/row_keys.h"

namespace trebol::catalog {
namespace {

using Verdict = v1::OfferVersionsResponse;

absl::StatusOr<v1::OfferVersionsResponse::Verdict> Judge(
    Transaction& rows, NodeId node, const v1::OfferVersionsRequest::Version& offered,
    const ApplyContext& context) {
  const VersionId version{Generation(offered.generation()), SessionId(offered.session()),
                          offered.sequence()};
  // Of another life of the namespace, or of a session that this one never opened: not ours to
  // judge.
  if (version.generation != context.generation) {
    return Planted("catalog.unknown_is_garbage") ? Verdict::GARBAGE : Verdict::UNKNOWN;
  }
  ASSIGN_OR_RETURN(const auto session, sessions::Find(rows, version.session));
  if (!session.has_value()) return Verdict::UNKNOWN;

  ASSIGN_OR_RETURN(const bool referenced, extents::Contains(rows, version));
  if (referenced) return Verdict::LIVE;
  ASSIGN_OR_RETURN(const fence::Decision decision, fence::DecisionOf(rows, version, context));
  if (decision == fence::Decision::kUndecided) return Verdict::OPEN;
  RETURN_IF_ERROR(garbage::AddOffered(rows, version, node, offered.bytes(), context));
  return Verdict::GARBAGE;
}

}  // namespace

absl::StatusOr<v1::Outcome> OfferVersions(Transaction& rows,
                                          const v1::OfferVersionsCommand& command,
                                          const ApplyContext& context) {
  const NodeId node(command.offer().node_id());
  ASSIGN_OR_RETURN(const auto known, rows.Get(row_keys::Node(node)));
  if (!known.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::NOT_REGISTERED,
                     absl::StrCat("node ", ToString(node),
                                  " is not registered in this cluster; register it first"));
  }
  v1::Outcome outcome;
  v1::OfferVersionsResponse& response = *outcome.mutable_offer_versions()->mutable_response();
  for (const auto& offered : command.offer().versions()) {
    ASSIGN_OR_RETURN(const auto verdict, Judge(rows, node, offered, context));
    response.add_verdicts(verdict);
  }
  return outcome;
}

}  // namespace trebol::catalog
