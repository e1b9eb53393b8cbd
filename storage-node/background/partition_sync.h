#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/async/stop_signal.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "storage-node/background/pacer.h"
#include "storage-node/background/paused_work.h"
#include "storage-node/background/peers.h"
#include "storage-node/engine/chunk_inventory.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/map_view.h"

namespace trebol {

/// Members pull: compares each partition of which this node is a member with every other member and
/// leaving node, and copies what it lacks (decisions/2026-11-27-pull-push-forget.md). That is how a
/// new member is filled, a lost copy made again, a debt paid and a bad copy replaced.
///
/// Tick is for one thread, and works until nothing is left to copy just now; the rest is
/// thread-safe.
class PartitionSync {
 public:
  struct Options {
    /// How often equal partitions are compared again. What a write owes is found by that.
    absl::Duration interval = absl::Seconds(30);
    /// After something failed.
    absl::Duration retry = absl::Seconds(2);
    /// Bytes a second that are copied to this node; 0: as fast as it goes.
    double rate = 0;
  };

  PartitionSync(ChunkStore& store, ChunkInventory& inventory, MapView& map, Peers& peers,
                const StopSignal& stop, const PausedWork& paused, const Clock& clock,
                Options options)
      : store_(store),
        inventory_(inventory),
        map_(map),
        peers_(peers),
        stop_(stop),
        paused_(paused),
        clock_(clock),
        options_(options),
        pacer_(options.rate) {}

  /// Among the background tasks.
  static constexpr char kTask[] = "sync";

  /// Compares what is due and copies what that shows to be missing. Returns when to come again.
  absl::Duration Tick();

  struct Report {
    /// Incoming here and complete, with the epochs at which that was found.
    std::vector<std::pair<PartitionId, Epoch>> complete;
    uint64_t missing_chunks = 0;  // as of the last comparisons
    uint64_t missing_bytes = 0;
    uint32_t unequal_partitions = 0;  // not known to have all that every peer has
    bool compared = false;            // each partition with every peer that is not OUT
    uint64_t copied_chunks = 0;       // since the start
    uint64_t copied_bytes = 0;
    absl::Status problem;  // of the last round
  };
  Report report() const;

 private:
  /// What is known of this node and one other, of one partition, at one epoch.
  struct Pair {
    Epoch epoch;
    bool complete = false;  // this node has all that the other had
    Instant compared_at;
    uint64_t missing_chunks = 0;
    uint64_t missing_bytes = 0;
  };
  struct Pull {
    PartitionId partition;
    NodeId from;
  };
  using PairKey = std::pair<NodeId, PartitionId>;

  /// Forgets pairs of other epochs, and gives what is due, by peer.
  std::map<NodeId, std::vector<const ReplicaSet*>> Due(const MapView::Table& table,
                                                       const ClusterMap& map, Instant now);
  absl::Status CompareWith(NodeId node, const std::vector<const ReplicaSet*>& sets,
                           std::vector<Pull>* pulls);
  absl::Status PullFrom(const Pull& pull, const MapView::Table& table, const ClusterMap& map);
  /// Those of the page that this node lacks.
  absl::StatusOr<std::vector<ListedChunk>> Missing(const std::vector<ListedChunk>& page);
  /// Copies them; false if one could not be copied and must be looked for again.
  absl::StatusOr<bool> Copy(const Pull& pull, const ReplicaSet& set,
                            absl::Span<const ListedChunk> chunks);
  /// By an operator: all of it, or the move that this node is a new member by.
  bool IsPaused(const ReplicaSet& set, const ClusterMap& map) const;
  void Summarise(const MapView::Table& table, const ClusterMap& map);

  ChunkStore& store_;
  ChunkInventory& inventory_;
  MapView& map_;
  Peers& peers_;
  const StopSignal& stop_;
  const PausedWork& paused_;
  const Clock& clock_;
  const Options options_;
  Pacer pacer_;
  std::set<PartitionId> suspects_;
  Instant summarised_at_;

  std::map<PairKey, Pair> pairs_;

  mutable Mutex mutex_;
  Report report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
