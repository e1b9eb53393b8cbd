#include "common/cluster/map_change.h"

#include <cstdint>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "common/base/status_macros.h"
#include "common/cluster/placement.h"
#include "common/cluster/rendezvous.h"

namespace trebol {
namespace {

using NodeSet = absl::flat_hash_set<NodeId>;
using Reports = absl::flat_hash_map<NodeId, v1::HeartbeatRequest>;

/// What nodes said, found by who and which partition.
class Said {
 public:
  explicit Said(const Reports& reports) {
    for (const auto& [node, report] : reports) {
      stray_epochs_[node] = report.stray_epoch();
      for (const auto& complete : report.complete()) {
        complete_.emplace(node, complete.partition(), complete.epoch());
      }
      for (const uint32_t partition : report.stray_partitions()) strays_.emplace(node, partition);
    }
  }

  bool IsComplete(NodeId node, const ReplicaSet& set) const {
    return complete_.contains({node, set.partition.value, set.epoch.value});
  }

  bool HoldsNoStray(NodeId node, const ReplicaSet& set) const {
    const auto found = stray_epochs_.find(node);
    return found != stray_epochs_.end() && found->second >= set.epoch.value &&
           !strays_.contains({node, set.partition.value});
  }

 private:
  absl::flat_hash_map<NodeId, uint64_t> stray_epochs_;
  absl::flat_hash_set<std::tuple<NodeId, uint64_t, uint64_t>> complete_;
  absl::flat_hash_set<std::pair<NodeId, uint64_t>> strays_;
};

/// The order in which a first table would name them, so that first choices stay spread.
void OrderByRendezvous(const ClusterMap& map, ReplicaSet* set) {
  const auto cost = [&](NodeId id) {
    const v1::ClusterNode* node = map.FindNode(id);
    const double weight = node != nullptr && node->weight() > 0 ? node->weight() : 1;
    return std::make_pair(RendezvousCost(set->partition, id, weight), id);
  };
  absl::c_sort(set->serving, [&](NodeId a, NodeId b) { return cost(a) < cost(b); });
}

}  // namespace

bool IsMoving(const ReplicaSet& set) { return !set.incoming.empty() || !set.leaving.empty(); }

size_t SourcesOf(const ReplicaSet& set, const ClusterMap& map) {
  const auto can_be_asked = [&map](NodeId id) {
    const v1::ClusterNode* node = map.FindNode(id);
    return node != nullptr && !node->down() && node->state() != v1::ClusterNode::OUT;
  };
  return static_cast<size_t>(absl::c_count_if(set.serving, can_be_asked) +
                             absl::c_count_if(set.leaving, can_be_asked));
}

MoveCause CauseOf(const ReplicaSet& set, const ClusterMap& map) {
  if (!IsMoving(set)) return MoveCause::kNone;
  if (set.leaving.empty()) return MoveCause::kRepair;
  const bool drains = absl::c_any_of(set.leaving, [&map](NodeId id) {
    const v1::ClusterNode* node = map.FindNode(id);
    return node != nullptr && node->state() == v1::ClusterNode::DRAINING;
  });
  return drains ? MoveCause::kDrain : MoveCause::kRebalance;
}

NodeSet OutNodes(const std::vector<v1::ClusterNode>& nodes) {
  NodeSet out;
  for (const v1::ClusterNode& node : nodes) {
    if (node.state() == v1::ClusterNode::OUT) out.insert(NodeId(node.id()));
  }
  return out;
}

std::vector<PartitionId> LastHeldBy(NodeId node, const std::vector<ReplicaSet>& table,
                                    const NodeSet& up) {
  std::vector<PartitionId> partitions;
  for (const ReplicaSet& set : table) {
    const bool named = absl::c_linear_search(set.serving, node) ||
                       absl::c_linear_search(set.incoming, node) ||
                       absl::c_linear_search(set.leaving, node);
    if (named && absl::c_none_of(set.serving, [&](NodeId other) {
          return other != node && up.contains(other);
        })) {
      partitions.push_back(set.partition);
    }
  }
  return partitions;
}

ReplicaSet WithMembers(const ReplicaSet& set, const std::vector<NodeId>& members,
                       const NodeSet& out) {
  ReplicaSet next{.partition = set.partition};
  const auto is_member = [&](NodeId node) { return absl::c_linear_search(members, node); };
  absl::c_copy_if(set.serving, std::back_inserter(next.serving), is_member);
  for (const NodeId node : members) {
    if (!absl::c_linear_search(set.serving, node)) next.incoming.push_back(node);
  }
  // Of an incoming node that goes, too: it has what it copied, and what was written meanwhile.
  for (const auto* nodes : {&set.leaving, &set.serving, &set.incoming}) {
    for (const NodeId node : *nodes) {
      if (!is_member(node) && !out.contains(node)) next.leaving.push_back(node);
    }
  }
  return next;
}

absl::StatusOr<std::vector<ReplicaSet>> PlanMoves(const std::vector<ReplicaSet>& current,
                                                  const std::vector<v1::ClusterNode>& nodes,
                                                  const v1::ClusterConstants& constants) {
  ASSIGN_OR_RETURN(const std::vector<ReplicaSet> table, PlanTable(current, nodes, constants));
  const NodeSet out = OutNodes(nodes);
  NodeSet gone = out;
  for (const v1::ClusterNode& node : nodes) {
    if (node.down()) gone.insert(NodeId(node.id()));
  }
  std::vector<std::pair<size_t, ReplicaSet>> changes;  // with the good copies that are left
  for (size_t p = 0; p < current.size(); ++p) {
    if (absl::c_is_permutation(MembersOf(current[p]), MembersOf(table[p]))) continue;
    const size_t left =
        absl::c_count_if(current[p].serving, [&](NodeId node) { return !gone.contains(node); });
    changes.emplace_back(left, WithMembers(current[p], table[p].serving, out));
  }
  absl::c_stable_sort(changes, [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ReplicaSet> moves;
  moves.reserve(changes.size());
  for (auto& [left, set] : changes) moves.push_back(std::move(set));
  return moves;
}

std::vector<ReplicaSet> FinishMoves(const ClusterMap& map, const Reports& reports) {
  const Said said(reports);
  const auto is_out = [&map](NodeId id) {
    const v1::ClusterNode* node = map.FindNode(id);
    return node == nullptr || node->state() == v1::ClusterNode::OUT;
  };
  std::vector<ReplicaSet> changes;
  for (const ReplicaSet& set : map.table()) {
    if (!IsMoving(set)) continue;
    ReplicaSet next{.partition = set.partition, .serving = set.serving};
    for (const NodeId node : set.incoming) {
      (said.IsComplete(node, set) ? next.serving : next.incoming).push_back(node);
    }
    for (const NodeId node : set.leaving) {
      // It gives nothing away while a member still comes in, so it cannot be done before.
      const bool done = set.incoming.empty() && said.HoldsNoStray(node, set);
      if (!is_out(node) && !done) next.leaving.push_back(node);
    }
    if (next.incoming.size() == set.incoming.size() && next.leaving.size() == set.leaving.size()) {
      continue;
    }
    OrderByRendezvous(map, &next);
    changes.push_back(std::move(next));
  }
  return changes;
}

}  // namespace trebol
