#include "metadata/cluster/garbage_targets.h"

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

}  // namespace

absl::flat_hash_set<NodeId> GarbageTargets(const v1::GarbageRow& garbage, const ClusterMap& map) {
  absl::flat_hash_set<NodeId> targets;
  if (garbage.unknown_extent() || garbage.chunks() > kManyChunks || !map.has_table()) {
    for (const v1::ClusterNode& node : map.proto().nodes()) targets.insert(NodeId(node.id()));
    EraseOut(map, &targets);
    return targets;
  }
  const VersionId version = VersionIdOf(garbage.version());
  for (uint32_t index = 0; index < garbage.chunks(); ++index) {
    const ReplicaSet& set = map.Replicas(map.PartitionOf({version, index}));
    targets.insert(set.serving.begin(), set.serving.end());
    targets.insert(set.incoming.begin(), set.incoming.end());
    targets.insert(set.leaving.begin(), set.leaving.end());
  }
  EraseOut(map, &targets);
  return targets;
}

}  // namespace trebol
