#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/async/runtime.h"
#include "common/async/stop_signal.h"
#include "storage-node/background/hand_over.h"
#include "storage-node/background/partition_sync.h"
#include "storage-node/background/peers.h"
#include "tests/simulation/moves_network.h"
#include "tests/testing/manual_clock.h"

namespace trebol::simulation {

/// What one run did and found.
struct MovesRun {
  uint64_t acked_writes = 0;
  uint64_t refused_writes = 0;
  uint64_t hinted_copies = 0;
  uint64_t deletions = 0;
  uint64_t map_changes = 0;
  uint64_t moves = 0;  // members replaced
  uint64_t stops = 0;  // of nodes, which come back
  uint64_t lost_disks = 0;
  uint64_t joins = 0;
  uint64_t forgotten = 0;
  uint64_t copied = 0;
  uint64_t pushed = 0;
  uint64_t lost_calls = 0;
  std::vector<std::string> violations;

  void Add(const MovesRun& other);
  std::string Summary() const;
};

/// Storage nodes that are real but for their store, which is in memory, and the wire: MapView,
/// PartitionSync and HandOver, under writes with hints, deletions, members that are replaced at
/// random, nodes that stop and return with older maps, disks that are lost one at a time, and calls
/// that are lost or in the middle of which all of this happens. Decides everything by the seed, on
/// one thread at a time.
///
/// Invariants: an acknowledged chunk that was not deleted has two copies at any instant, and one
/// while a lost disk is not made good; once it had all its copies it never has fewer, but for a
/// lost disk. In the end everything heals: each has its copies on exactly the members, what was
/// deleted is nowhere, no node is incoming or leaving.
class MovesWorld {
 public:
  explicit MovesWorld(uint64_t seed);
  ~MovesWorld();

  MovesRun Run(int steps);

 private:
  struct Node;
  /// A version that the collector deletes under the map of `epoch` (0: not begun).
  struct Garbage {
    uint64_t epoch = 0;
    std::set<uint64_t> left;  // nodes that have not deleted it yet
  };

  Node& Any();
  bool Chance(int one_in) { return random_() % one_in == 0; }
  void Step();
  void Write();
  void DeleteOne();
  void Collect();
  void Meanwhile();
  void StandStill();
  void Settle();
  /// Replaces a member of a partition, by the preferred node if it may.
  void ChangeSets(uint64_t preferred = 0);
  void Hear(Node& node);
  void InstallMap(Node& node);
  void Stop(Node& node);
  void Start(Node& node);
  void LoseDisk();
  /// The number of the node that joins, or of the last one.
  uint64_t Join();
  void Sync(Node& node);
  void GiveAway(Node& node);
  MovesNetwork::Fate FateOf();
  void Publish();

  void CheckCopies(const char* after);
  bool FullyReplicated();
  void Heal();
  void Violation(std::string text);

  std::mt19937_64 random_;
  ManualClock clock_;
  StopSignal never_;
  PausedWork nothing_paused_;
  MovesNetwork network_;
  std::vector<std::unique_ptr<Node>> nodes_;
  v1::ClusterMap map_;                                      // what metadata has
  std::vector<std::shared_ptr<const ClusterMap>> history_;  // what a gateway may still have
  std::map<ChunkId, bool> live_;  // acknowledged and not deleted; true once it had all its copies
  std::map<VersionId, Garbage> garbage_;

  std::set<VersionId> deleted_;
  std::set<VersionId> refused_;  // writes that left copies nobody knows of
  uint64_t next_sequence_ = 1;
  bool calm_ = false;  // nothing happens inside calls, and none is lost
  bool missing_disk_ = false;
  int depth_ = 0;
  MovesRun run_;
};

}  // namespace trebol::simulation
