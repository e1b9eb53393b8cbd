#include "metadata/cluster/node_monitor.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"

namespace trebol {

absl::Status NodeMonitor::Heartbeat(const v1::HeartbeatRequest& request, const v1::NodeRow& row,
                                    Instant now) {
  const NodeId node(request.node_id());
  if (request.incarnation() < row.incarnation()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::NODE_CONFLICT,
                     absl::StrCat("node ", ToString(node), " reports its start number ",
                                  request.incarnation(), ", but number ", row.incarnation(),
                                  " has registered from ", row.registration().endpoint(),
                                  ": two processes use one node id; stop one of them"));
  }
  if (request.incarnation() > row.incarnation()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::NOT_REGISTERED,
                     absl::StrCat("node ", ToString(node), " has not registered its start number ",
                                  request.incarnation(), "; register first"));
  }
  MutexLock lock(&mu_);
  Entry& entry = nodes_[node];
  entry.seen = {request, now, entry.seen.beats + 1};
  entry.detector.Heartbeat(now);
  entry.settled.clear();
  for (const uint64_t session : request.settled_sessions()) {
    entry.settled.insert(SessionId(session));
  }
  return absl::OkStatus();
}

void NodeMonitor::Registered(NodeId node, Instant now) {
  MutexLock lock(&mu_);
  registered_[node] = now;
}

std::optional<NodeMonitor::Seen> NodeMonitor::Find(NodeId node) const {
  MutexLock lock(&mu_);
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return std::nullopt;
  return found->second.seen;
}

uint64_t NodeMonitor::Beats(NodeId node) const {
  MutexLock lock(&mu_);
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? 0 : found->second.seen.beats;
}

bool NodeMonitor::IsUp(NodeId node, Instant now) const {
  MutexLock lock(&mu_);
  const auto found = nodes_.find(node);
  return found != nodes_.end() && now - found->second.seen.at <= kHeartbeatTimeout;
}

bool NodeMonitor::Suspects(NodeId node, Instant now) const {
  MutexLock lock(&mu_);
  const auto found = nodes_.find(node);
  return found != nodes_.end() && found->second.detector.Suspects(now);
}

std::optional<Instant> NodeMonitor::LastHeard(NodeId node) const {
  MutexLock lock(&mu_);
  std::optional<Instant> heard;
  if (const auto beat = nodes_.find(node); beat != nodes_.end()) heard = beat->second.seen.at;
  const auto came = registered_.find(node);
  if (came != registered_.end() && (!heard.has_value() || *heard < came->second)) {
    heard = came->second;
  }
  return heard;
}

bool NodeMonitor::WasHeard(NodeId node, Instant now) const {
  const auto heard = LastHeard(node);
  return heard.has_value() && now - *heard <= kHeartbeatTimeout;
}

bool NodeMonitor::HasSettled(NodeId node, SessionId session) const {
  MutexLock lock(&mu_);
  const auto found = nodes_.find(node);
  return found != nodes_.end() && found->second.settled.contains(session);
}

}  // namespace trebol
