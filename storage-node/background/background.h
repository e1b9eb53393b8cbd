#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/async/periodic.h"
#include "common/async/runtime.h"
#include "common/async/stop_signal.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/stub/peer_stub.h"
#include "common/stub/storage_stub.h"
#include "storage-node/background/background_tasks.h"
#include "storage-node/background/hand_over.h"
#include "storage-node/background/partition_sync.h"
#include "storage-node/background/paused_work.h"
#include "storage-node/background/peers.h"
#include "storage-node/background/scrub.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "storage-node/service/map_view.h"

namespace trebol {

/// What a storage node does when nobody asks: pulls what it lacks, hands over what is not its own,
/// verifies what it has. A thread each; destruction ends them within a call to a peer. Thread-safe.
class Background {
 public:
  struct Options {
    PartitionSync::Options sync;
    HandOver::Options hand_over;
    Scrub::Options scrub;
  };

  Background(Runtime& runtime, std::shared_ptr<PeerStub> peers,
             std::shared_ptr<StorageStub> storage, SegmentChunkStore& store, MapView& map,
             const Clock& clock, const Options& options);
  ~Background();

  /// Ends all work, within a call to a peer, for good; what was done is still described.
  /// Idempotent, and done by the destructor. In one process with its peers: before any of them
  /// goes.
  void Stop();

  /// There is a newer map, or something else to look at.
  void Wake();

  /// What metadata is told of all this.
  void Describe(v1::HeartbeatRequest* heartbeat);
  /// What metadata says to it.
  void Heed(const v1::HeartbeatResponse& answer);

  PartitionSync::Report sync() const { return sync_.report(); }
  HandOver::Report hand_over() const { return hand_over_.report(); }
  Scrubber::Progress scrub() const { return scrub_.progress(); }
  std::vector<v1::BackgroundTask> tasks() { return tasks_.Describe(); }

 private:
  SegmentChunkStore& store_;
  MapView& map_;
  const double repair_rate_;
  StopSignal stop_;
  PausedWork paused_;
  Peers peers_;
  PartitionSync sync_;
  HandOver hand_over_;
  Scrub scrub_;
  BackgroundTasks tasks_;

  Mutex heed_mutex_;
  std::optional<uint64_t> scrub_request_ ABSL_GUARDED_BY(heed_mutex_);

  // Last: their threads use the rest. Until Stop.
  Mutex threads_mutex_;
  std::unique_ptr<Periodic> syncing_ ABSL_GUARDED_BY(threads_mutex_);
  std::unique_ptr<Periodic> handing_over_ ABSL_GUARDED_BY(threads_mutex_);
  std::unique_ptr<Periodic> scrubbing_ ABSL_GUARDED_BY(threads_mutex_);
};

/// What the two found, for metadata: moves end by that.
void Describe(const PartitionSync::Report& sync, const HandOver::Report& strays,
              v1::HeartbeatRequest* heartbeat);

}  // namespace trebol
