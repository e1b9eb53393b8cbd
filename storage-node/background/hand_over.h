#pragma once

#include <cstdint>
#include <memory>
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

/// Others push: copies of partitions of which this node is no member (strays: hinted copies, and
/// what it still holds of a partition that it left) go to the members that lack them, and are
/// forgotten when *every* member has answered that it has them
/// (decisions/2026-11-27-pull-push-forget.md). The only place that gives a copy up.
///
/// Tick is for one thread; the rest is thread-safe.
class HandOver {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(5);
    double rate = 0;  // bytes a second that are pushed; 0: as fast as it goes
  };

  HandOver(ChunkStore& store, ChunkInventory& inventory, MapView& map, Peers& peers,
           const StopSignal& stop, const PausedWork& paused, const Clock& clock, Options options)
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
  static constexpr char kTask[] = "hand-over";

  /// Finds the strays, and hands over those of partitions whose members are all there. Returns when
  /// to come again.
  absl::Duration Tick();

  struct Report {
    Epoch map_epoch;  // of the map under which strays were looked for; 0: not yet
    std::vector<PartitionId> partitions;
    uint64_t chunks = 0;
    uint64_t bytes = 0;
    uint64_t forgotten_chunks = 0;  // since the start
    uint64_t pushed_chunks = 0;
    uint64_t pushed_bytes = 0;
    absl::Status problem;  // of the last round
  };
  Report report() const;

 private:
  /// The partitions with strays, and what there is of each, in the report.
  absl::StatusOr<std::vector<PartitionId>> FindStrays(const MapView::Table& table, Epoch map_epoch);
  absl::Status Give(const ReplicaSet& set);
  /// Gives `chunks` to the member where it lacks them. Those that are durable there, or deleted,
  /// stay in `confirmed`.
  absl::Status GiveTo(NodeId member, const ReplicaSet& set, absl::Span<const ListedChunk> chunks,
                      std::vector<bool>* confirmed);

  ChunkStore& store_;
  ChunkInventory& inventory_;
  MapView& map_;
  Peers& peers_;
  const StopSignal& stop_;
  const PausedWork& paused_;
  const Clock& clock_;
  const Options options_;
  Pacer pacer_;

  mutable Mutex mutex_;
  Report report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
