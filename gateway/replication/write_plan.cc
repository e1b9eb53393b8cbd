#include "gateway/replication/write_plan.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "common/cluster/placement.h"

namespace trebol {
namespace {

using Standing = NodeHealth::Standing;

bool Usable(Standing standing) {
  return standing == Standing::kGood || standing == Standing::kFailedLately;
}

std::string ZoneOf(const ClusterMap& map, NodeId node) {
  const v1::ClusterNode* found = map.FindNode(node);
  return found == nullptr ? std::string() : found->zone();
}

}  // namespace

WritePlan::WritePlan(std::shared_ptr<const ClusterMap> map, PartitionId partition,
                     std::shared_ptr<NodeHealth> nodes)
    : map_(std::move(map)), nodes_(std::move(nodes)), replicas_(map_->Replicas(partition)) {
  std::vector<NodeId> members = replicas_.serving;
  members.insert(members.end(), replicas_.incoming.begin(), replicas_.incoming.end());
  members_ = members.size();
  const std::vector<Standing> standings = nodes_->Judge(*map_, members);
  std::vector<NodeId> away;
  for (size_t i = 0; i < members.size(); ++i) {
    if (Usable(standings[i])) {
      first_.push_back(Member(members[i], standings[i] == Standing::kGood));
      zones_.push_back(first_.back().zone);
    } else {
      away.push_back(members[i]);
    }
  }
  for (NodeId member : away) {
    if (auto handoff = Handoff(member)) {
      first_.push_back(*std::move(handoff));
    } else {
      left_out_.push_back(member);
    }
  }
  if (first_.size() >= map_->write_quorum()) return;
  for (NodeId member : std::exchange(left_out_, {})) first_.push_back(Member(member, false));
}

std::optional<WritePlan::Target> WritePlan::Spare(const Target& failed) {
  if (auto handoff = Handoff(failed.hint_for == NodeId() ? failed.node : failed.hint_for)) {
    return handoff;
  }
  if (left_out_.empty()) return std::nullopt;
  const NodeId member = left_out_.front();
  left_out_.erase(left_out_.begin());
  return Member(member, false);
}

WritePlan::Target WritePlan::Member(NodeId node, bool likely) const {
  return {.node = node, .hint_for = NodeId(), .zone = ZoneOf(*map_, node), .likely = likely};
}

std::optional<WritePlan::Target> WritePlan::Handoff(NodeId hint_for) {
  if (!handoffs_.has_value()) {
    std::vector<Target> likely;
    std::vector<Target> others;
    for (NodeId node : HandoffOrder(*map_, replicas_.partition)) {
      const Standing standing = nodes_->OfHandoff(*map_, node);
      if (!Usable(standing)) continue;
      const bool good = standing == Standing::kGood;
      (good ? likely : others).push_back(Member(node, good));
    }
    likely.insert(likely.end(), others.begin(), others.end());
    handoffs_ = std::move(likely);
  }
  if (handoffs_->empty()) return std::nullopt;
  // A copy in a zone that has none yet is worth more than one at the front of the order.
  auto chosen = absl::c_find_if(*handoffs_, [this](const Target& handoff) {
    return handoff.likely && !absl::c_linear_search(zones_, handoff.zone);
  });
  if (chosen == handoffs_->end()) chosen = handoffs_->begin();
  Target target = std::move(*chosen);
  handoffs_->erase(chosen);
  target.hint_for = hint_for;
  zones_.push_back(target.zone);
  return target;
}

}  // namespace trebol
