#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/ids.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/standing.h"
#include "metadata/state/row_keys.h"

namespace trebol::catalog {
namespace {

using Verdict = v1::OfferVersionsResponse;

absl::StatusOr<v1::OfferVersionsResponse::Verdict> Judge(
    Transaction& rows, NodeId node, const v1::OfferVersionsRequest::Version& offered,
    const ApplyContext& context) {
  const VersionId version{Generation(offered.generation()), SessionId(offered.session()),
                          offered.sequence()};
  ASSIGN_OR_RETURN(const Standing standing, StandingOf(rows, version, context));
  switch (standing) {
    case Standing::kUnknown:
      return Planted("catalog.unknown_is_garbage") ? Verdict::GARBAGE : Verdict::UNKNOWN;
    case Standing::kLive:
      return Verdict::LIVE;
    case Standing::kOpen:
      return Verdict::OPEN;
    case Standing::kGarbage:
    case Standing::kOrphan:
      break;
  }
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
