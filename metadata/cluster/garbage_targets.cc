#include "metadata/cluster/garbage_targets.h"

#include "common/base/proto_ids.h"

namespace trebol {
namespace {

// So many chunks are spread over nearly all nodes of any cluster that one metadata server leads.
constexpr uint64_t kManyChunks = 256;

}  // namespace

absl::flat_hash_set<NodeId> GarbageTargets(const v1::GarbageRow& garbage, const ClusterMap& map) {
  absl::flat_hash_set<NodeId> targets;
  if (garbage.unknown_extent() || garbage.chunks() > kManyChunks || !map.has_table()) {
    for (const v1::ClusterNode& node : map.proto().nodes()) {
      if (node.state() != v1::ClusterNode::OUT) targets.insert(NodeId(node.id()));
    }
    return targets;
  }
  const VersionId version = VersionIdOf(garbage.version());
  for (uint32_t index = 0; index < garbage.chunks(); ++index) {
    const ReplicaSet& set = map.Replicas(map.PartitionOf({version, index}));
    targets.insert(set.serving.begin(), set.serving.end());
    targets.insert(set.incoming.begin(), set.incoming.end());
    targets.insert(set.leaving.begin(), set.leaving.end());
  }
  return targets;
}

}  // namespace trebol
