#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "common/base/ids.h"

namespace trebol {

/// A node that may hold data.
struct PlannedNode {
  NodeId id;
  double weight = 1;
  int zone = 0;  // from 0 without gaps
};

/// Turns the members of every partition into a balanced table, in five steps: keep who stays, fill
/// the holes in rendezvous order within the quotas, then pass replicas from nodes above their quota
/// to nodes below it, first by steps that add no move, and cancel moves that turn out to be
/// needless. Each passing is a shortest augmenting path. Used once.
class TablePlanner {
 public:
  /// `nodes` sorted by id, not empty. `current` has one entry a partition; it may name nodes that
  /// are gone.
  TablePlanner(std::vector<PlannedNode> nodes, uint32_t copies,
               const std::vector<std::vector<NodeId>>& current);

  /// One entry a partition, each in rendezvous order.
  std::vector<std::vector<NodeId>> Plan();

 private:
  // Indices: nodes and partitions are numbered here.
  using Members = std::vector<int>;
  /// `partition` passes from one node to the next.
  struct Step {
    int partition;
    int from;
    int to;
  };

  void Keep();
  void Fill();
  void Balance(bool only_free);
  void Restore();
  /// Moves beyond what nodes gain: an upper bound of those that could be saved.
  int NeedlessMoves() const;
  /// The steps that relieve `from` of one replica and end at a node below its quota.
  std::optional<std::vector<Step>> ShortestPath(int from, bool only_free) const;
  std::optional<Step> BestDirectStep(int from, bool only_free) const;

  bool Has(int partition, int node) const;
  bool IsNew(int partition, int node) const;
  /// True if passing the replica adds nothing to what has to be copied.
  bool IsFree(int partition, int from, int to) const;
  int DistinctZones(const Members& members) const;
  /// True if the set stays legal when `to` replaces `from`.
  bool MayReplace(int partition, int from, int to) const;
  bool ZoneUsed(const Members& members, int zone) const;
  double Cost(int partition, int node) const { return costs_[partition * nodes_.size() + node]; }
  void Place(int partition, int node);
  void Remove(int partition, int node);
  void Apply(const Step& step);

  const std::vector<PlannedNode> nodes_;
  int zone_count_ = 0;
  int copies_;          // that a partition gets: no more than there are nodes
  int required_zones_;  // that a partition spans
  std::vector<Members> original_;
  std::vector<Members> members_;              // by partition
  std::vector<std::vector<int>> partitions_;  // by node, unordered
  std::vector<int> quotas_;                   // by node
  std::vector<double> costs_;                 // by partition and node
};

}  // namespace trebol
