#include "common/cluster/cluster_map.h"

#include <bit>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

absl::Status Contradiction(absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("the cluster map contradicts itself: ", what));
}

absl::Status CheckConstants(const v1::ClusterConstants& constants) {
  if (!std::has_single_bit(constants.partitions())) {
    return Contradiction(
        absl::StrCat(constants.partitions(), " partitions; their number must be a power of two"));
  }
  if (constants.copies() == 0) return Contradiction("0 copies");
  if (constants.write_quorum() == 0 || constants.write_quorum() > constants.copies()) {
    return Contradiction(absl::StrCat("a write quorum of ", constants.write_quorum(), " of ",
                                      constants.copies(), " copies"));
  }
  return absl::OkStatus();
}

template <typename Ids>
std::vector<NodeId> NodeIds(const Ids& ids) {
  std::vector<NodeId> nodes;
  nodes.reserve(ids.size());
  for (uint64_t id : ids) nodes.emplace_back(id);
  return nodes;
}

ReplicaSet FromProto(const v1::PartitionEntry& entry) {
  return {.partition = PartitionId(entry.partition()),
          .epoch = Epoch(entry.epoch()),
          .serving = NodeIds(entry.serving()),
          .incoming = NodeIds(entry.incoming()),
          .leaving = NodeIds(entry.leaving())};
}

bool HasDuplicates(std::vector<NodeId> nodes) {
  absl::c_sort(nodes);
  return absl::c_adjacent_find(nodes) != nodes.end();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ClusterMap>> ClusterMap::FromProto(v1::ClusterMap proto) {
  RETURN_IF_ERROR(CheckConstants(proto.constants()));
  // The constructor is private, so make_shared cannot call it.
  std::shared_ptr<ClusterMap> map(new ClusterMap(std::move(proto)));
  RETURN_IF_ERROR(map->Index());
  return map;
}

absl::Status ClusterMap::Index() {
  for (int i = 0; i < proto_.nodes_size(); ++i) {
    const NodeId id(proto_.nodes(i).id());
    if (id == NodeId()) return Contradiction("a node without an id");
    if (!node_index_.emplace(id, i).second) {
      return Contradiction(absl::StrCat("node ", ToString(id), " is listed twice"));
    }
  }
  if (proto_.partitions_size() == 0) return absl::OkStatus();
  if (static_cast<uint32_t>(proto_.partitions_size()) != proto_.constants().partitions()) {
    return Contradiction(absl::StrCat("a table of ", proto_.partitions_size(), " entries for ",
                                      proto_.constants().partitions(), " partitions"));
  }
  replica_sets_.reserve(proto_.partitions_size());
  for (const v1::PartitionEntry& entry : proto_.partitions()) {
    RETURN_IF_ERROR(Add(trebol::FromProto(entry)));
  }
  return absl::OkStatus();
}

absl::Status ClusterMap::Add(ReplicaSet set) {
  if (set.partition != PartitionId(replica_sets_.size())) {
    return Contradiction(
        absl::StrCat("entry ", replica_sets_.size(), " is of partition ", set.partition.value));
  }
  // Without a serving node all that had copies are lost, and new members begin anew.
  if (set.serving.empty() && set.incoming.empty()) {
    return Contradiction(absl::StrCat("nobody serves partition ", set.partition.value));
  }
  if (set.epoch > epoch()) {
    return Contradiction(absl::StrCat("partition ", set.partition.value, " changed at epoch ",
                                      set.epoch.value, ", the map is of epoch ", epoch().value));
  }
  std::vector<NodeId> named = set.serving;
  named.insert(named.end(), set.incoming.begin(), set.incoming.end());
  named.insert(named.end(), set.leaving.begin(), set.leaving.end());
  if (HasDuplicates(named)) {
    return Contradiction(absl::StrCat("partition ", set.partition.value, " names a node twice"));
  }
  for (const NodeId node : named) {
    if (node_index_.contains(node)) continue;
    return Contradiction(absl::StrCat("partition ", set.partition.value, " names node ",
                                      ToString(node), ", which is not in the map"));
  }
  replica_sets_.push_back(std::move(set));
  return absl::OkStatus();
}

PartitionId ClusterMap::PartitionOf(const ChunkId& id) const {
  TREBOL_CHECK(has_table());
  return trebol::PartitionOf(id, replica_sets_.size());
}

const ReplicaSet& ClusterMap::Replicas(PartitionId partition) const {
  TREBOL_CHECK(partition.value < replica_sets_.size());
  return replica_sets_[partition.value];
}

const v1::ClusterNode* ClusterMap::FindNode(NodeId id) const {
  const auto found = node_index_.find(id);
  return found == node_index_.end() ? nullptr : &proto_.nodes(found->second);
}

bool ReplicaSet::IsMember(NodeId node) const {
  return absl::c_linear_search(serving, node) || absl::c_linear_search(incoming, node);
}

std::vector<NodeId> ReplicaSet::Members() const {
  std::vector<NodeId> members = serving;
  members.insert(members.end(), incoming.begin(), incoming.end());
  return members;
}

v1::PartitionEntry ToProto(const ReplicaSet& set) {
  v1::PartitionEntry entry;
  entry.set_partition(static_cast<uint32_t>(set.partition.value));
  entry.set_epoch(set.epoch.value);
  for (NodeId node : set.serving) entry.add_serving(node.value);
  for (NodeId node : set.incoming) entry.add_incoming(node.value);
  for (NodeId node : set.leaving) entry.add_leaving(node.value);
  return entry;
}

}  // namespace trebol
