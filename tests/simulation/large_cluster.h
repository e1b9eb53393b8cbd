#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "metadata/cluster/map_keeper.h"
#include "storage-node/background/pacer.h"
#include "tests/unit/metadata_cluster/watched_cluster.h"

namespace trebol::simulation {

/// What one run did and found.
struct LargeClusterRun {
  uint64_t deaths = 0;    // of nodes with their disks
  uint64_t absences = 0;  // of nodes that come back in time
  uint64_t joins = 0;
  uint64_t outs = 0;          // nodes that were given up
  uint64_t copies = 0;        // of partitions that were made anew
  uint64_t lost = 0;          // partitions that lost all copies within the time that a repair takes
  double fastest_share = 0;   // of the cap, of the busiest ten seconds of any node
  double slowest_repair = 0;  // seconds in which a partition had too few copies
  std::vector<std::string> violations;

  void Add(const LargeClusterRun& other);
  std::string Summary() const;
};

/// The control plane of a thousand nodes with 16,384 partitions on virtual time: the real keeper of
/// the map, failure detectors, plans and pacers; of storage nodes only which partitions they hold
/// whole and how many bytes of one they still copy. Nodes die for good, one by one and two or three
/// of a partition at once, go and come back, and one joins. Where three died an operator says that
/// they are gone.
///
/// Invariants: what a node copies stays within its cap in any ten seconds; a partition that lost a
/// copy has all again within the time until its node is given up and what its new member has to
/// copy takes; none loses all copies otherwise; at rest its members are in different zones. In the
/// end nothing moves, every partition is whole, and no node is more than a tenth fuller than the
/// mean.
class LargeCluster {
 public:
  explicit LargeCluster(uint64_t seed);
  LargeClusterRun Run();

 private:
  struct Node {
    bool alive = true;
    bool present = true;  // false: away, with its disk
    Pacer pacer{kRate};
    Instant next_pull;
    std::map<uint32_t, uint64_t> left;  // bytes to copy, by partition
    std::deque<uint64_t> seconds;       // bytes copied in each of the last ten
  };

  static constexpr double kRate = 16.0 * (1 << 20);
  static constexpr uint64_t kPartitionBytes = 96ULL << 20;

  void Second();
  void Plan(int second);
  void Join();
  /// The operator's word that these are gone for good: of a partition that lost all its nodes at
  /// once none is given up without it.
  void SetOut(const std::vector<NodeId>& nodes);
  void Die(uint64_t node);
  void Copy(uint64_t id, Node& node);
  void GiveAway();
  void Say();
  void KeepMap();
  void MapChanged();
  void Check();
  void CheckEnd();
  bool Holds(uint32_t partition, uint64_t node) const { return holders_[partition].contains(node); }
  std::string Describe(const ReplicaSet& set);
  void Violate(const std::string& what);

  std::mt19937_64 random_;
  WatchedCluster cluster_;
  MapKeeper keeper_;
  std::shared_ptr<const ClusterMap> map_;
  std::vector<uint32_t> moving_;  // partitions
  std::map<uint64_t, Node> nodes_;
  std::vector<std::set<uint64_t>> holders_;  // by partition; disks that are there
  std::vector<Instant> whole_at_;            // by partition: when it last had all copies
  std::multimap<int, uint64_t> returns_;     // by second
  std::vector<NodeId> given_up_;             // by an operator, soon
  int second_ = 0;
  LargeClusterRun run_;
};

}  // namespace trebol::simulation
