#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/async/runtime.h"
#include "common/async/stop_signal.h"
#include "storage-node/background/hand_over.h"
#include "storage-node/background/partition_sync.h"
#include "storage-node/background/peers.h"
#include "storage-node/service/map_view.h"
#include "tests/simulation/moves_network.h"
#include "tests/testing/fake_chunk_store.h"
#include "tests/testing/manual_clock.h"

namespace trebol {

/// Storage nodes 1 to 5 ("node-1" …) of a cluster with one partition: real but for their stores,
/// which are in memory, and the wire. Nothing happens but what a test calls.
class NodeRig {
 public:
  static constexpr uint64_t kNodes = 5;
  using Ids = std::vector<uint64_t>;
  using Fate = simulation::MovesNetwork::Fate;

  /// All have installed `serving` at epoch 1.
  explicit NodeRig(const Ids& serving);

  /// The partition's sets under the next epoch. No node knows of it yet.
  void Change(const Ids& serving, const Ids& incoming, const Ids& leaving);
  /// Something else of the map: the partition keeps its epoch.
  void SetDown(uint64_t node, bool down);
  void SetOut(uint64_t node);
  /// This node reads the newest map; or all do.
  void Install(uint64_t node);
  void InstallAll();

  static ChunkId Chunk(uint64_t number) { return {{Generation(1), SessionId(1), number}, 0}; }
  void Store(uint64_t node, uint64_t chunk);
  void Delete(uint64_t node, uint64_t chunk);
  bool Has(uint64_t node, uint64_t chunk) { return store(node).Has(Chunk(chunk)); }
  /// A copy with the right bytes.
  bool HasGood(uint64_t node, uint64_t chunk);

  FakeChunkStore& store(uint64_t node) { return nodes_[node - 1]->store; }
  MapView& map(uint64_t node) { return nodes_[node - 1]->map; }
  PartitionSync& sync(uint64_t node) { return nodes_[node - 1]->sync; }
  HandOver& hand_over(uint64_t node) { return nodes_[node - 1]->hand_over; }
  Epoch epoch() const { return Epoch(proto_.epoch()); }
  static std::string EndpointOf(uint64_t node);

  ManualClock clock;
  simulation::MovesNetwork network;

 private:
  struct Node {
    Node(uint64_t number, NodeRig& rig);
    FakeChunkStore store;
    MapView map;
    Runtime runtime{1};
    Peers peers;
    PartitionSync sync;
    HandOver hand_over;
  };
  static std::string BytesOf(uint64_t chunk);

  const StopSignal never_;
  PausedWork nothing_paused_;
  v1::ClusterMap proto_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace trebol
