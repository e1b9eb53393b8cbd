#include "gateway/replication/node_probe.h"

namespace trebol {

void NodeProbe::Tick() {
  const auto map = maps_->Current();
  if (map == nullptr) return;
  for (NodeId node : nodes_->ToProbe()) {
    const v1::ClusterNode* target = map->FindNode(node);
    if (target == nullptr) continue;
    {
      MutexLock lock(&mutex_);
      if (!asked_.insert(node).second) continue;
    }
    v1::StatChunkRequest request;  // of no chunk: that it answers is the answer
    request.set_node(node.value);
    runtime_.Spawn(storage_->StatChunk(BackgroundContext(), target->endpoint(), std::move(request)),
                   [this, node](const absl::StatusOr<v1::StatChunkResponse>&) {
                     MutexLock lock(&mutex_);
                     asked_.erase(node);
                   });
  }
}

}  // namespace trebol
