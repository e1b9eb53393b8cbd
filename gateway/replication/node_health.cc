#include "gateway/replication/node_health.h"

#include <algorithm>

#include "common/base/planted.h"
#include "common/resilience/ejection_cap.h"
#include "common/resilience/latency_outliers.h"

namespace trebol {
namespace {

constexpr absl::Duration kRemembered = absl::Seconds(5);
constexpr absl::Duration kLeastSlow = absl::Seconds(1);
constexpr double kSlowFactor = 10;  // of the cluster's p50
constexpr absl::Duration kLeastHedge = absl::Milliseconds(10);
constexpr absl::Duration kMostHedge = absl::Seconds(1);
// A node that is late is asked so rarely that its calls may not suffice to judge it again.
constexpr absl::Duration kLateRemembered = absl::Minutes(1);
// Reads that meet a late node before it is known are late.
constexpr absl::Duration kJudgeInterval = absl::Milliseconds(100);
constexpr uint64_t kTriedWhileLate = 16;  // one in so many of the reads that would begin there
constexpr absl::Duration kSilence = absl::Seconds(1);
constexpr int kEjectedOfPartition = 1;

}  // namespace

NodeHealth::Call NodeHealth::Begin(NodeId node, Kind kind, uint64_t bytes) {
  const Instant now = clock_.Now();
  Call call{.node = node, .kind = kind, .bytes = bytes, .begun = now};
  MutexLock lock(&mutex_);
  Node& found = Find(node);
  ChangeBreaker(found, [&] { call.slot = found.breaker.Begin(now); });
  if (kind == Kind::kGet) {
    Node::Waiting& waiting = found.waiting[LatencyWindow::SizeClass(bytes)];
    ++waiting.calls;
    waiting.begun += now.since_origin;
  }
  return call;
}

void NodeHealth::End(const Call& call, Result result) {
  const Instant now = clock_.Now();
  const absl::Duration took = now - call.begun;
  MutexLock lock(&mutex_);
  Node& node = Find(call.node);
  ChangeBreaker(node, [&] { node.breaker.End(call.slot, result, now); });
  const bool answered = result == Result::kAnswered;
  if (answered) node.failed.reset();
  if (call.kind == Kind::kPut && answered) node.puts.Observe(call.bytes, took, now);
  if (call.kind != Kind::kGet) return;
  const int size = LatencyWindow::SizeClass(call.bytes);
  Node::Waiting& waiting = node.waiting[size];
  --waiting.calls;
  waiting.begun -= call.begun.since_origin;
  // A late read that was given up, for another copy answered, would have taken longer still.
  const bool late = result == Result::kGivenUp && took >= hedge_after_[size];
  if (answered || late) node.gets.Observe(call.bytes, took, now);
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
  const Instant now = clock_.Now();
  std::vector<std::pair<int, NodeId>> ranked;
  ranked.reserve(nodes.size());
  {
    int ejected = 0;
    bool probed = false;
    MutexLock lock(&mutex_);
    Learn(map);
    if (now - judged_ >= kJudgeInterval) JudgeReads(now);
    for (size_t i = 0; i < nodes.size(); ++i) {
      Node& node = Find(nodes[(first + i) % nodes.size()]);
      bool probes = false;
      const Standing standing = Of(node, /*may_probe=*/!probed, &ejected, &probes);
      probed |= probes;
      const int late = IsLate(node, now) ? 1 : 0;
      ranked.emplace_back(probes ? -1 : 2 * static_cast<int>(standing) + late, node.id);
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<NodeId> order;
  order.reserve(ranked.size());
  for (const auto& [rank, node] : ranked) order.push_back(node);
  return order;
}

bool NodeHealth::Tries(NodeId id) {
  const Instant now = clock_.Now();
  MutexLock lock(&mutex_);
  Node& node = Find(id);
  if (!IsLate(node, now) || node.down || node.tried) return false;
  node.tried = ++node.passed_over % kTriedWhileLate == 0;
  return node.tried;
}

void NodeHealth::Tried(NodeId node) {
  MutexLock lock(&mutex_);
  Find(node).tried = false;
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
  JudgeReads(now);
  LatencyWindow::Sample all;
  for (int size = 0; size < LatencyWindow::kSizeClasses; ++size) {
    LatencyWindow::Sample usual;
    for (const auto& [id, node] : nodes_) {
      const LatencyWindow::Sample gets = node->gets.Of(size, now);
      all.Add(gets);
      all.Add(node->puts.Of(size, now));
      if (!IsLate(*node, now)) usual.Add(gets);  // nobody shall wait as long as for a late node
    }
    // Where too few were read of late, what was true before is the best that is known.
    if (const auto p95 = usual.Quantile(0.95)) {
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
              .late = IsLate(*node, now),
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

void NodeHealth::JudgeReads(Instant now) {
  judged_ = now;
  std::vector<Node*> nodes;
  std::vector<NodeLatency> latencies;
  for (const auto& [id, node] : nodes_) {
    if (!node->in_map) continue;
    nodes.push_back(node.get());
    NodeLatency& latency = latencies.emplace_back();
    for (int size = 0; size < LatencyWindow::kSizeClasses; ++size) {
      latency[size] = node->gets.TotalOf(size, now);
      const Node::Waiting& waiting = node->waiting[size];
      latency[size].calls += waiting.calls;
      latency[size].took += waiting.calls * now.since_origin - waiting.begun;
    }
  }
  const std::vector<Lateness> lateness = FindLate(latencies);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (lateness[i] == Lateness::kLate) nodes[i]->found_late = now;
    if (lateness[i] == Lateness::kUsual) nodes[i]->found_late.reset();
  }
}

bool NodeHealth::IsLate(const Node& node, Instant now) {
  return node.found_late.has_value() && now - *node.found_late < kLateRemembered &&
         !Planted("gateway.late_nodes_are_asked_first");
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
