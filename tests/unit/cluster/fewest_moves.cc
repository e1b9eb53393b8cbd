#include "tests/unit/cluster/fewest_moves.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>

#include "common/base/check.h"

namespace trebol {
namespace {

/// Successive shortest paths (Bellman and Ford with a queue: costs may be negative).
class Flow {
 public:
  int AddVertex() {
    edges_.emplace_back();
    return static_cast<int>(edges_.size()) - 1;
  }
  void AddEdge(int from, int to, int capacity, int cost) {
    edges_[from].push_back({to, capacity, cost, static_cast<int>(edges_[to].size())});
    edges_[to].push_back({from, 0, -cost, static_cast<int>(edges_[from].size()) - 1});
  }
  /// Units that went from `source` to `sink`, and what they cost.
  std::pair<int, long> Run(int source, int sink) {
    int units = 0;
    long cost = 0;
    while (true) {
      std::vector<long> distance(edges_.size(), kFar);
      std::vector<std::pair<int, int>> came(edges_.size());
      std::vector<bool> queued(edges_.size());
      std::deque<int> queue = {source};
      distance[source] = 0;
      while (!queue.empty()) {
        const int at = queue.front();
        queue.pop_front();
        queued[at] = false;
        for (size_t i = 0; i < edges_[at].size(); ++i) {
          const Edge& edge = edges_[at][i];
          if (edge.capacity == 0 || distance[at] + edge.cost >= distance[edge.to]) continue;
          distance[edge.to] = distance[at] + edge.cost;
          came[edge.to] = {at, static_cast<int>(i)};
          if (!queued[edge.to]) queue.push_back(edge.to);
          queued[edge.to] = true;
        }
      }
      if (distance[sink] == kFar) return {units, cost};
      for (int at = sink; at != source; at = came[at].first) {
        Edge& edge = edges_[came[at].first][came[at].second];
        --edge.capacity;
        ++edges_[at][edge.reverse].capacity;
      }
      ++units;
      cost += distance[sink];
    }
  }

 private:
  static constexpr long kFar = std::numeric_limits<long>::max() / 2;
  struct Edge {
    int to;
    int capacity;
    int cost;
    int reverse;
  };
  std::vector<std::vector<Edge>> edges_;
};

}  // namespace

size_t FewestMoves(const std::vector<ReplicaSet>& before, const std::vector<ReplicaSet>& after,
                   const std::vector<v1::ClusterNode>& nodes, size_t copies) {
  constexpr int kZoneReward = 1000;  // worth more than any detour that reaches another zone
  Flow flow;
  const int source = flow.AddVertex();
  const int sink = flow.AddVertex();
  std::map<NodeId, int> held;
  for (const ReplicaSet& set : after) {
    for (NodeId node : set.serving) ++held[node];
  }
  std::map<NodeId, int> vertices;
  std::map<std::string, std::vector<NodeId>> zones;
  for (const v1::ClusterNode& node : nodes) {
    const NodeId id(node.id());
    vertices[id] = flow.AddVertex();
    zones[node.zone()].push_back(id);
    flow.AddEdge(vertices[id], sink, held[id], 0);
  }
  const int size = static_cast<int>(std::min(copies, nodes.size()));
  const int spanned = std::min<int>(size, static_cast<int>(zones.size()));
  for (const ReplicaSet& set : before) {
    const int partition = flow.AddVertex();
    flow.AddEdge(source, partition, size, 0);
    for (const auto& [name, members] : zones) {
      const int zone = flow.AddVertex();
      flow.AddEdge(partition, zone, 1, -kZoneReward);
      if (spanned < size) flow.AddEdge(partition, zone, size, 0);
      for (NodeId node : members) {
        const bool has = std::count(set.serving.begin(), set.serving.end(), node) > 0;
        flow.AddEdge(zone, vertices[node], 1, has ? 0 : 1);
      }
    }
  }
  const auto [units, cost] = flow.Run(source, sink);
  const long partitions = static_cast<long>(before.size());
  TREBOL_CHECK(units == partitions * size);
  const long moves = cost + partitions * spanned * kZoneReward;
  TREBOL_CHECK(moves >= 0 && moves <= units);
  return static_cast<size_t>(moves);
}

}  // namespace trebol
