#include "common/cluster/placement.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/cluster/rendezvous.h"
#include "common/cluster/table_planner.h"

namespace trebol {
namespace {

constexpr uint32_t kMaxPartitions = 1 << 20;

absl::Status Refused(absl::StatusCode code, absl::string_view message) {
  return MakeError(code, v1::INVALID_ARGUMENT, message);
}

bool MayHoldData(const v1::ClusterNode& node) {
  switch (node.state()) {
    case v1::ClusterNode::WAITING:
    case v1::ClusterNode::DRAINING:
    case v1::ClusterNode::DRAINED:
    case v1::ClusterNode::OUT:
      return false;
    default:
      return true;
  }
}

absl::Status CheckConstants(const v1::ClusterConstants& constants) {
  if (!std::has_single_bit(constants.partitions()) || constants.partitions() > kMaxPartitions) {
    return Refused(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("a table of ", constants.partitions(),
                                " partitions: it must be a power of two up to ", kMaxPartitions));
  }
  if (constants.copies() == 0) {
    return Refused(absl::StatusCode::kInvalidArgument, "a table with 0 copies: at least 1");
  }
  return absl::OkStatus();
}

/// Those that may hold data, by id, with zones numbered in the order of their names.
absl::StatusOr<std::vector<PlannedNode>> PlannedNodes(const std::vector<v1::ClusterNode>& nodes) {
  std::map<std::string, int> zones;
  for (const v1::ClusterNode& node : nodes) {
    if (MayHoldData(node)) zones.emplace(node.zone(), 0);
  }
  int number = 0;
  for (auto& [name, zone] : zones) zone = number++;

  std::vector<PlannedNode> planned;
  for (const v1::ClusterNode& node : nodes) {
    if (!MayHoldData(node)) continue;
    const NodeId id(node.id());
    if (id == NodeId()) return Refused(absl::StatusCode::kInvalidArgument, "a node without an id");
    if (!std::isfinite(node.weight()) || node.weight() <= 0) {
      return Refused(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("node ", ToString(id), " has the weight ", node.weight(),
                                  "; it must be greater than 0"));
    }
    planned.push_back({.id = id, .weight = node.weight(), .zone = zones[node.zone()]});
  }
  absl::c_sort(planned, [](const PlannedNode& a, const PlannedNode& b) { return a.id < b.id; });
  for (size_t i = 1; i < planned.size(); ++i) {
    if (planned[i - 1].id == planned[i].id) {
      return Refused(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("node ", ToString(planned[i].id), " is listed twice"));
    }
  }
  if (planned.empty()) {
    return Refused(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("none of the ", nodes.size(),
                                " nodes may hold data: add one, or take one back in"));
  }
  return planned;
}

}  // namespace

absl::StatusOr<std::vector<ReplicaSet>> PlanFirstTable(const std::vector<v1::ClusterNode>& nodes,
                                                       const v1::ClusterConstants& constants) {
  return PlanTable({}, nodes, constants);
}

absl::StatusOr<std::vector<ReplicaSet>> PlanTable(const std::vector<ReplicaSet>& current,
                                                  const std::vector<v1::ClusterNode>& nodes,
                                                  const v1::ClusterConstants& constants) {
  RETURN_IF_ERROR(CheckConstants(constants));
  if (!current.empty() && current.size() != constants.partitions()) {
    return Refused(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("the current table has ", current.size(), " partitions, not ",
                                constants.partitions()));
  }
  ASSIGN_OR_RETURN(std::vector<PlannedNode> planned, PlannedNodes(nodes));
  std::vector<std::vector<NodeId>> members(constants.partitions());
  for (size_t p = 0; p < current.size(); ++p) members[p] = MembersOf(current[p]);

  const std::vector<std::vector<NodeId>> next =
      TablePlanner(std::move(planned), constants.copies(), members).Plan();

  std::vector<ReplicaSet> table(constants.partitions());
  for (size_t p = 0; p < table.size(); ++p) {
    if (!current.empty() && absl::c_is_permutation(members[p], next[p])) {
      table[p] = current[p];
    } else {
      table[p] = {.partition = PartitionId(p), .serving = next[p]};
    }
  }
  return table;
}

size_t CountMoves(const std::vector<ReplicaSet>& current, const std::vector<ReplicaSet>& next) {
  TREBOL_CHECK(current.size() == next.size());
  size_t moves = 0;
  for (size_t p = 0; p < next.size(); ++p) {
    const std::vector<NodeId> had = MembersOf(current[p]);
    moves += absl::c_count_if(MembersOf(next[p]),
                              [&](NodeId node) { return !absl::c_linear_search(had, node); });
  }
  return moves;
}

std::vector<NodeId> MembersOf(const ReplicaSet& set) {
  std::vector<NodeId> members = set.serving;
  members.insert(members.end(), set.incoming.begin(), set.incoming.end());
  return members;
}

std::vector<NodeId> HandoffOrder(const ClusterMap& map, PartitionId partition) {
  const std::vector<NodeId> members = MembersOf(map.Replicas(partition));
  std::vector<std::tuple<bool, double, NodeId>> order;
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    const NodeId id(node.id());
    if (!MayHoldData(node) || !(node.weight() > 0) || absl::c_linear_search(members, id)) continue;
    order.emplace_back(node.down(), RendezvousCost(partition, id, node.weight()), id);
  }
  absl::c_sort(order);
  std::vector<NodeId> handoffs;
  handoffs.reserve(order.size());
  for (const auto& [down, cost, id] : order) handoffs.push_back(id);
  return handoffs;
}

}  // namespace trebol
