#include "gateway/replication/node_memory.h"

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

bool NodeMemory::FailedLately(NodeId node) {
  MutexLock lock(&mutex_);
  return FailedLatelyLocked(node);
}

bool NodeMemory::FailedLatelyLocked(NodeId node) const {
  const auto failure = failures_.find(node);
  return failure != failures_.end() && failure->second >= clock_.Now() - kRemembered;
}

std::vector<NodeId> NodeMemory::Order(const std::vector<NodeId>& nodes, size_t first) {
  std::vector<NodeId> good;
  std::vector<NodeId> suspect;
  MutexLock lock(&mutex_);
  for (size_t i = 0; i < nodes.size(); ++i) {
    const NodeId node = nodes[(first + i) % nodes.size()];
    (FailedLatelyLocked(node) ? suspect : good).push_back(node);
  }
  good.insert(good.end(), suspect.begin(), suspect.end());
  return good;
}

}  // namespace trebol
