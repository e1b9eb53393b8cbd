#include "gateway/replication/node_memory.h"

#include <algorithm>

namespace trebol {
namespace {

constexpr absl::Duration kRemembered = absl::Seconds(5);

}  // namespace

void NodeMemory::Failed(NodeId node) {
  MutexLock lock(&mutex_);
  failures_[node] = clock_.Now();
}

void NodeMemory::Succeeded(NodeId node) {
  MutexLock lock(&mutex_);
  failures_.erase(node);
}

std::vector<NodeId> NodeMemory::Order(const std::vector<NodeId>& nodes, size_t first) {
  std::vector<NodeId> order;
  for (size_t i = 0; i < nodes.size(); ++i) order.push_back(nodes[(first + i) % nodes.size()]);
  MutexLock lock(&mutex_);
  if (failures_.empty()) return order;
  const Instant since = clock_.Now() - kRemembered;
  std::stable_partition(order.begin(), order.end(), [&](NodeId node) {
    const auto found = failures_.find(node);
    return found == failures_.end() || found->second < since;
  });
  return order;
}

}  // namespace trebol
