#include "metadata/cluster/table_maker.h"

#include "common/base/status_macros.h"

namespace trebol {

absl::StatusOr<std::optional<v1::InstallMapCommand>> TableMaker::Propose(
    const v1::ClusterMap& current) const {
  if (current.partitions_size() > 0) return std::optional<v1::InstallMapCommand>();
  if (current.nodes_size() < static_cast<int>(current.constants().initial_nodes())) {
    return std::optional<v1::InstallMapCommand>();
  }
  ASSIGN_OR_RETURN(std::vector<ReplicaSet> table,
                   plan_({current.nodes().begin(), current.nodes().end()}, current.constants()));
  v1::InstallMapCommand command;
  command.set_expected_epoch(current.epoch());
  v1::ClusterMap& next = *command.mutable_map();
  next = current;
  next.set_epoch(current.epoch() + 1);
  for (v1::ClusterNode& node : *next.mutable_nodes()) node.set_state(v1::ClusterNode::ACTIVE);
  for (ReplicaSet& set : table) {
    set.epoch = Epoch(next.epoch());
    *next.add_partitions() = ToProto(set);
  }
  // What nodes and gateways would refuse is not installed.
  RETURN_IF_ERROR(ClusterMap::FromProto(next).status());
  return std::optional<v1::InstallMapCommand>(std::move(command));
}

}  // namespace trebol
