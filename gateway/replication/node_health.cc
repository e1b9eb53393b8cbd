#include "gateway/replication/node_health.h"

#include <algorithm>

#include "common/resilience/ejection_cap.h"

namespace trebol {
namespace {

constexpr absl::Duration kRemembered = absl::Seconds(5);
constexpr absl::Duration kLeastSlow = absl::Seconds(1);
constexpr double kSlowFactor = 10;  // of the cluster's p50
constexpr absl::Duration kLeastHedge = absl::Milliseconds(10);
constexpr absl::Duration kMostHedge = absl::Seconds(1);
constexpr absl::Duration kSilence = absl::Seconds(1);
constexpr int kEjectedOfPartition = 1;

}  // namespace

NodeHealth::Call NodeHealth::Begin(NodeId node) {
  const Instant now = clock_.Now();
  Call call{.node = node, .begun = now};
  MutexLock lock(&mutex_);
  Node& found = Find(node);
  ChangeBreaker(found, [&] { call.slot = found.breaker.Begin(now); });
  return call;
}

void NodeHealth::End(const Call& call, Kind kind, uint64_t bytes, Result result) {
  const Instant now = clock_.Now();
  MutexLock lock(&mutex_);
  Node& node = Find(call.node);
  ChangeBreaker(node, [&] { node.breaker.End(call.slot, result, now); });
  if (result != Result::kAnswered) return;
  node.failed.reset();
  if (kind == Kind::kGet) node.gets.Observe(bytes, now - call.begun, now);
  if (kind == Kind::kPut) node.puts.Observe(bytes, now - call.begun, now);
}

void NodeHealth::Failed(NodeId node) {
  const Instant now = clock_.Now();
  MutexLock lock(&mutex_);
  Find(node).failed = now;
}

bool NodeHealth::FailedLately(NodeId node) {
  MutexLock lock(&mutex_);
  return FailedLatelyLocked(Find(node));
}

std::vector<NodeHealth::Standing> NodeHealth::Judge(const ClusterMap& map,
                                                    const std::vector<NodeId>& members) {
  std::vector<Standing> standings;
  standings.reserve(members.size());
  int ejected = 0;
  MutexLock lock(&mutex_);
  Learn(map);
  for (NodeId member : members) {
    bool probes = false;
    standings.push_back(Of(Find(member), /*may_probe=*/true, &ejected, &probes));
  }
  return standings;
}

NodeHealth::Standing NodeHealth::OfHandoff(const ClusterMap& map, NodeId node) {
  int ejected = 0;
  bool probes = false;
  MutexLock lock(&mutex_);
  Learn(map);
  return Of(Find(node), /*may_probe=*/false, &ejected, &probes);
}

std::vector<NodeId> NodeHealth::Order(const ClusterMap& map, const std::vector<NodeId>& nodes,
                                      size_t first) {
  std::vector<std::pair<int, NodeId>> ranked;
  ranked.reserve(nodes.size());
  {
    int ejected = 0;
    bool probed = false;
    MutexLock lock(&mutex_);
    Learn(map);
    for (size_t i = 0; i < nodes.size(); ++i) {
      const NodeId node = nodes[(first + i) % nodes.size()];
      bool probes = false;
      const Standing standing = Of(Find(node), /*may_probe=*/!probed, &ejected, &probes);
      ranked.emplace_back(probes ? -1 : static_cast<int>(standing), node);
      probed |= probes;
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<NodeId> order;
  order.reserve(ranked.size());
  for (const auto& [rank, node] : ranked) order.push_back(node);
  return order;
}

absl::Duration NodeHealth::HedgeAfter(uint64_t bytes) {
  MutexLock lock(&mutex_);
  return hedge_after_[LatencyWindow::SizeClass(bytes)];
}

bool NodeHealth::Silent(NodeId node) {
  const Instant now = clock_.Now();
  MutexLock lock(&mutex_);
  return Find(node).breaker.SilentFor(kSilence, now);
}

std::vector<NodeId> NodeHealth::ToProbe() {
  const Instant now = clock_.Now();
  std::vector<NodeId> nodes;
  MutexLock lock(&mutex_);
  for (const auto& [id, node] : nodes_) {
    if (!node->in_map) continue;
    ChangeBreaker(*node, [&, &node = *node] { node.breaker.Advance(now); });
    const bool half_open = node->breaker.state() == CircuitBreaker::State::kHalfOpen;
    const bool in_doubt =
        node->breaker.state() == CircuitBreaker::State::kClosed && node->breaker.in_doubt();
    if (in_doubt || (half_open && node->breaker.Admits(now))) nodes.push_back(id);
  }
  return nodes;
}

void NodeHealth::Tick() {
  const Instant now = clock_.Now();
  MutexLock lock(&mutex_);
  LatencyWindow::Sample all;
  for (int size = 0; size < LatencyWindow::kSizeClasses; ++size) {
    LatencyWindow::Sample gets;
    for (const auto& [id, node] : nodes_) {
      gets.Add(node->gets.Of(size, now));
      all.Add(node->puts.Of(size, now));
    }
    all.Add(gets);
    // Where too few were read of late, what was true before is the best that is known.
    if (const auto p95 = gets.Quantile(0.95)) {
      hedge_after_[size] = std::clamp(*p95, kLeastHedge, kMostHedge);
    }
  }
  if (const auto p50 = all.Quantile(0.5)) slow_after_ = std::max(kLeastSlow, *p50 * kSlowFactor);
  for (const auto& [id, node] : nodes_) {
    node->breaker.set_slow_after(slow_after_);
    ChangeBreaker(*node, [&, &node = *node] { node.breaker.Advance(now); });
  }
}

std::vector<NodeHealth::View> NodeHealth::Views() {
  const Instant now = clock_.Now();
  std::vector<View> views;
  MutexLock lock(&mutex_);
  for (const auto& [id, node] : nodes_) {
    if (!node->in_map) continue;
    LatencyWindow::Sample gets = node->gets.All(now);
    const LatencyWindow::Sample puts = node->puts.All(now);
    View view{.node = id,
              .breaker = node->breaker.state(),
              .ejected = node->ejected,
              .openings = node->breaker.openings(),
              .get_p50 = gets.Quantile(0.5),
              .get_p95 = gets.Quantile(0.95),
              .put_p50 = puts.Quantile(0.5),
              .put_p95 = puts.Quantile(0.95)};
    gets.Add(puts);
    view.p95 = gets.Quantile(0.95);
    views.push_back(std::move(view));
  }
  std::sort(views.begin(), views.end(),
            [](const View& a, const View& b) { return a.node < b.node; });
  return views;
}

NodeHealth::Node& NodeHealth::Find(NodeId id) {
  std::unique_ptr<Node>& slot = nodes_[id];
  if (slot == nullptr) {
    slot = std::make_unique<Node>(id, seed_);
    slot->breaker.set_slow_after(slow_after_);
  }
  return *slot;
}

void NodeHealth::Learn(const ClusterMap& map) {
  if (map.epoch() <= learnt_) return;
  learnt_ = map.epoch();
  for (const auto& [id, node] : nodes_) node->in_map = false;
  for (const v1::ClusterNode& entry : map.proto().nodes()) {
    Node& node = Find(NodeId(entry.id()));
    node.in_map = true;
    // It is back: how long it was away says nothing of it now.
    if (node.down && !entry.down()) node.breaker.Reconsider();
    node.down = entry.down();
  }
  Eject();
}

void NodeHealth::Eject() {
  std::vector<Suspect> suspects;
  size_t in_map = 0;
  for (const auto& [id, node] : nodes_) {
    node->ejected = false;
    if (!node->in_map) continue;
    ++in_map;
    if (!node->down && node->breaker.state() != CircuitBreaker::State::kClosed) {
      suspects.push_back({id, node->breaker.open_since()});
    }
  }
  for (NodeId id : Ejected(std::move(suspects), in_map)) Find(id).ejected = true;
}

bool NodeHealth::FailedLatelyLocked(const Node& node) const {
  return node.failed.has_value() && *node.failed >= clock_.Now() - kRemembered;
}

NodeHealth::Standing NodeHealth::Of(Node& node, bool may_probe, int* ejected, bool* probes) {
  if (node.down) return Standing::kDown;
  if (node.ejected && *ejected < kEjectedOfPartition) {
    bool admitted = false;
    if (may_probe) {
      ChangeBreaker(node, [&] { admitted = node.breaker.Admits(clock_.Now()); });
    }
    if (!admitted) {
      ++*ejected;
      return Standing::kEjected;
    }
    *probes = true;
    return Standing::kGood;
  }
  return FailedLatelyLocked(node) ? Standing::kFailedLately : Standing::kGood;
}

template <typename Change>
void NodeHealth::ChangeBreaker(Node& node, Change change) {
  const CircuitBreaker::State before = node.breaker.state();
  change();
  if (node.breaker.state() != before) Eject();
}

}  // namespace trebol
