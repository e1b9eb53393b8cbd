#include "metadata/cluster/garbage_targets.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"

namespace trebol {
namespace {

// So many chunks are spread over nearly all nodes of any cluster that one metadata server leads.
constexpr uint64_t kManyChunks = 256;

// Partitions name a node that is OUT until their copies have moved.
void EraseOut(const ClusterMap& map, absl::flat_hash_set<NodeId>* nodes) {
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    if (node.state() == v1::ClusterNode::OUT) nodes->erase(NodeId(node.id()));
  }
}

std::vector<NodeId> NamedBy(const ReplicaSet& set) {
  std::vector<NodeId> nodes = set.serving;
  nodes.insert(nodes.end(), set.incoming.begin(), set.incoming.end());
  nodes.insert(nodes.end(), set.leaving.begin(), set.leaving.end());
  return nodes;
}

}  // namespace

absl::flat_hash_set<NodeId> GarbageTargets(const v1::GarbageRow& garbage, const ClusterMap& map) {
  absl::flat_hash_set<NodeId> targets;
  const bool unknown = garbage.unknown_extent() && !Planted("collector.trusts_unknown_extent");
  if (unknown || garbage.chunks() > kManyChunks || !map.has_table()) {
    for (const v1::ClusterNode& node : map.proto().nodes()) targets.insert(NodeId(node.id()));
    EraseOut(map, &targets);
    return targets;
  }
  const VersionId version = VersionIdOf(garbage.version());
  for (uint32_t index = 0; index < garbage.chunks(); ++index) {
    const std::vector<NodeId> named = NamedBy(map.Replicas(map.PartitionOf({version, index})));
    targets.insert(named.begin(), named.end());
  }
  EraseOut(map, &targets);
  return targets;
}

absl::flat_hash_set<NodeId> NewTargets(const ClusterMap& before, const ClusterMap& now) {
  absl::flat_hash_set<NodeId> targets;
  const bool new_table = before.partition_count() != now.partition_count();
  for (const v1::ClusterNode& node : now.proto().nodes()) {
    const NodeId id(node.id());
    const v1::ClusterNode* known = before.FindNode(id);
    const bool back = known != nullptr && known->state() == v1::ClusterNode::OUT &&
                      node.state() != v1::ClusterNode::OUT;
    if (new_table || known == nullptr || back) targets.insert(id);
  }
  if (new_table) return targets;
  for (size_t p = 0; p < now.partition_count(); ++p) {
    const ReplicaSet& set = now.table()[p];
    const ReplicaSet& old = before.table()[p];
    if (set.epoch == old.epoch) continue;
    const std::vector<NodeId> had = NamedBy(old);
    for (const NodeId node : NamedBy(set)) {
      if (!absl::c_linear_search(had, node)) targets.insert(node);
    }
  }
  return targets;
}

}  // namespace trebol
