#include "metadata/cluster/map_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/cluster/map_change.h"
#include "common/cluster/placement.h"

namespace trebol {
namespace {

using NodeSet = absl::flat_hash_set<NodeId>;

// Leaves room for what surrounds it in the log entry.
constexpr size_t kCommandSize = kMaxTransactionSize * 3 / 4;

bool HasGone(v1::ClusterNode::State state) {
  return state == v1::ClusterNode::DRAINING || state == v1::ClusterNode::OUT;
}

bool Waits(v1::ClusterNode::State state) {
  return state == v1::ClusterNode::WAITING || state == v1::ClusterNode::DRAINED;
}

void Apply(const FailureWatch::Verdict& verdict, std::vector<v1::ClusterNode>* nodes) {
  for (v1::ClusterNode& node : *nodes) {
    const NodeId id(node.id());
    if (absl::c_linear_search(verdict.down, id)) node.set_down(true);
    if (absl::c_linear_search(verdict.up, id)) node.set_down(false);
    if (absl::c_linear_search(verdict.out, id)) node.set_state(v1::ClusterNode::OUT);
  }
}

/// Nodes that are members although they wait: a command of those that take them in is missing.
void TakeIn(const ClusterMap& map, std::vector<v1::ClusterNode>* nodes) {
  NodeSet waiting;
  for (const v1::ClusterNode& node : *nodes) {
    if (Waits(node.state())) waiting.insert(NodeId(node.id()));
  }
  if (waiting.empty()) return;
  NodeSet members;
  for (const ReplicaSet& set : map.table()) {
    for (const NodeId node : MembersOf(set)) {
      if (waiting.contains(node)) members.insert(node);
    }
  }
  for (v1::ClusterNode& node : *nodes) {
    if (members.contains(NodeId(node.id()))) node.set_state(v1::ClusterNode::ACTIVE);
  }
}

/// A member that may hold nothing any more, or too few members.
bool NeedsPlan(const ClusterMap& map, const std::vector<v1::ClusterNode>& nodes) {
  NodeSet gone;
  size_t eligible = 0;
  for (const v1::ClusterNode& node : nodes) {
    if (HasGone(node.state())) gone.insert(NodeId(node.id()));
    if (node.state() == v1::ClusterNode::ACTIVE) ++eligible;
  }
  const size_t size = std::min<size_t>(map.copies(), eligible);
  return absl::c_any_of(map.table(), [&](const ReplicaSet& set) {
    const std::vector<NodeId> members = MembersOf(set);
    return members.size() < size ||
           absl::c_any_of(members, [&](NodeId node) { return gone.contains(node); });
  });
}

/// What nodes said that are there to be asked.
absl::flat_hash_map<NodeId, v1::HeartbeatRequest> Reports(Instant now, const ClusterMap& map,
                                                          const NodeMonitor& monitor) {
  absl::flat_hash_map<NodeId, v1::HeartbeatRequest> reports;
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    const NodeId id(node.id());
    if (!monitor.IsUp(id, now)) continue;
    if (auto seen = monitor.Find(id)) reports[id] = std::move(seen->last);
  }
  return reports;
}

/// A draining node that no partition names any more and that holds no copy of any: what is left to
/// do with it was decided by the operator.
void EndDrains(Instant now, const ClusterMap& map, const NodeMonitor& monitor,
               std::vector<v1::ClusterNode>* nodes) {
  NodeSet named;
  for (const ReplicaSet& set : map.table()) {
    for (const auto* list : {&set.serving, &set.incoming, &set.leaving}) {
      named.insert(list->begin(), list->end());
    }
  }
  for (v1::ClusterNode& node : *nodes) {
    const NodeId id(node.id());
    if (node.state() != v1::ClusterNode::DRAINING || named.contains(id)) continue;
    const auto seen = monitor.Find(id);
    // Strays of partitions that were never its own are no less a copy.
    const bool empty = seen.has_value() && monitor.IsUp(id, now) &&
                       seen->last.stray_epoch() == map.epoch().value &&
                       seen->last.stray_chunks() == 0 && seen->last.stray_partitions().empty();
    if (!empty) continue;
    node.set_state(node.removed() ? v1::ClusterNode::OUT : v1::ClusterNode::DRAINED);
  }
}

std::vector<v1::ClusterNode> Changed(const ClusterMap& map,
                                     const std::vector<v1::ClusterNode>& nodes) {
  std::vector<v1::ClusterNode> changed;
  for (const v1::ClusterNode& node : nodes) {
    const v1::ClusterNode* before = map.FindNode(NodeId(node.id()));
    if (before == nullptr || before->SerializeAsString() != node.SerializeAsString()) {
      changed.push_back(node);
    }
  }
  return changed;
}

}  // namespace

absl::StatusOr<std::optional<v1::ChangeMapCommand>> MapKeeper::Tick(Instant now,
                                                                    const ClusterMap& map,
                                                                    const NodeMonitor& monitor) {
  std::vector<v1::ClusterNode> nodes(map.proto().nodes().begin(), map.proto().nodes().end());
  CountMoved(map);
  Apply(watch_.Tick(now, map, monitor), &nodes);
  if (!map.has_table()) return std::optional<v1::ChangeMapCommand>();
  TakeIn(map, &nodes);
  std::vector<ReplicaSet> sets;
  absl::Status planned;
  if (NeedsPlan(map, nodes)) {
    absl::StatusOr<std::vector<ReplicaSet>> moves =
        PlanMoves(map.table(), nodes, map.proto().constants());
    if (moves.ok()) sets = *std::move(moves);
    planned = moves.status();
  }
  if (sets.empty() && absl::c_any_of(map.table(), IsMoving)) {
    sets = FinishMoves(map, Reports(now, map, monitor));
  }
  if (sets.empty()) EndDrains(now, map, monitor, &nodes);
  const std::vector<v1::ClusterNode> changed = Changed(map, nodes);
  if (changed.empty() && sets.empty()) {
    RETURN_IF_ERROR(planned);
    return std::optional<v1::ChangeMapCommand>();
  }
  return std::optional<v1::ChangeMapCommand>(std::move(InCommands(map, changed, sets).front()));
}

void MapKeeper::CountMoved(const ClusterMap& map) {
  moving_.resize(map.partition_count());
  bool any = false;
  for (size_t p = 0; p < map.partition_count(); ++p) {
    const bool moves = IsMoving(map.table()[p]);
    if (moving_[p] && !moves) ++moved_;
    moving_[p] = moves;
    any = any || moves;
  }
  if (!any) moved_ = 0;
}

std::vector<v1::ChangeMapCommand> InCommands(const ClusterMap& map,
                                             const std::vector<v1::ClusterNode>& nodes,
                                             const std::vector<ReplicaSet>& sets) {
  std::vector<v1::ChangeMapCommand> commands(1);
  size_t size = 0;
  const auto taken_in = [](const v1::ClusterNode& node) {
    return node.state() == v1::ClusterNode::ACTIVE;
  };
  for (const v1::ClusterNode& node : nodes) {
    if (!taken_in(node)) *commands[0].add_nodes() = node;
    size += node.ByteSizeLong() + 4;
  }
  for (const ReplicaSet& set : sets) {
    v1::PartitionEntry entry = ToProto(set);
    size += entry.ByteSizeLong() + 4;
    if (size > kCommandSize && commands.back().partitions_size() > 0) {
      commands.emplace_back();
      size = entry.ByteSizeLong() + 4;
    }
    *commands.back().add_partitions() = std::move(entry);
  }
  for (const v1::ClusterNode& node : nodes) {
    if (taken_in(node)) *commands.back().add_nodes() = node;
  }
  for (size_t i = 0; i < commands.size(); ++i) {
    commands[i].set_expected_epoch(map.epoch().value + i);
  }
  return commands;
}

}  // namespace trebol
