#include "metadata/cluster/table_maker.h"

#include "common/base/status_macros.h"

namespace trebol {

absl::StatusOr<std::optional<v1::InstallMapCommand>> TableMaker::Propose(
    const v1::ClusterMap& current, const absl::flat_hash_set<NodeId>& live) const {
  if (current.partitions_size() > 0) return std::optional<v1::InstallMapCommand>();
  v1::InstallMapCommand command;
  command.set_expected_epoch(current.epoch());
  v1::ClusterMap& next = *command.mutable_map();
  next = current;
  next.set_epoch(current.epoch() + 1);
  std::vector<v1::ClusterNode> members;
  for (v1::ClusterNode& node : *next.mutable_nodes()) {
    if (node.state() == v1::ClusterNode::OUT || !live.contains(NodeId(node.id()))) continue;
    node.set_state(v1::ClusterNode::ACTIVE);
    members.push_back(node);
  }
  if (members.size() < current.constants().initial_nodes()) {
    return std::optional<v1::InstallMapCommand>();
  }
  ASSIGN_OR_RETURN(std::vector<ReplicaSet> table, plan_(members, current.constants()));
  for (ReplicaSet& set : table) {
    set.epoch = Epoch(next.epoch());
    *next.add_partitions() = ToProto(set);
  }
  // What nodes and gateways would refuse is not installed.
  RETURN_IF_ERROR(ClusterMap::FromProto(next).status());
  return std::optional<v1::InstallMapCommand>(std::move(command));
}

}  // namespace trebol
