#include "gateway/replication/describe_nodes.h"

#include "absl/container/flat_hash_map.h"

namespace trebol {
namespace {

v1::NodeStatus::Breaker ToProto(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::kClosed:
      return v1::NodeStatus::CLOSED;
    case CircuitBreaker::State::kOpen:
      return v1::NodeStatus::OPEN;
    case CircuitBreaker::State::kHalfOpen:
      return v1::NodeStatus::HALF_OPEN;
  }
  return v1::NodeStatus::BREAKER_UNSPECIFIED;
}

}  // namespace

void Describe(NodeHealth& nodes, v1::ClusterStatus* status) {
  absl::flat_hash_map<NodeId, NodeHealth::View> views;
  for (NodeHealth::View& view : nodes.Views()) views[view.node] = view;
  for (v1::NodeStatus& node : *status->mutable_nodes()) {
    // One that was never called is as good as any.
    const NodeHealth::View& view = views[NodeId(node.node().id())];
    node.set_breaker(ToProto(view.breaker));
    if (view.p95.has_value()) node.set_latency_p95_seconds(absl::ToDoubleSeconds(*view.p95));
  }
}

}  // namespace trebol
