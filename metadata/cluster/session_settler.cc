#include "metadata/cluster/session_settler.h"

#include <algorithm>

namespace trebol {

std::vector<SessionId> SettledByAll(const std::vector<SessionId>& unsettled,
                                    const std::vector<NodeId>& nodes, const NodeMonitor& monitor) {
  std::vector<SessionId> settled;
  if (nodes.empty()) return settled;
  for (const SessionId session : unsettled) {
    if (std::all_of(nodes.begin(), nodes.end(),
                    [&](NodeId node) { return monitor.HasSettled(node, session); })) {
      settled.push_back(session);
    }
  }
  return settled;
}

}  // namespace trebol
