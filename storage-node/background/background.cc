#include "storage-node/background/background.h"

#include <utility>

#include "common/telemetry/log.h"

namespace trebol {
namespace {

// Suspicions come with reads: those of a moment are looked into together.
constexpr absl::Duration kGather = absl::Milliseconds(200);

}  // namespace

Background::Background(Runtime& runtime, std::shared_ptr<PeerStub> peers,
                       std::shared_ptr<StorageStub> storage, SegmentChunkStore& store, MapView& map,
                       const Clock& clock, const Options& options)
    : store_(store),
      map_(map),
      repair_rate_(options.sync.rate),
      peers_(runtime, std::move(peers), std::move(storage), map),
      sync_(store, store.inventory(), map, peers_, stop_, paused_, clock, options.sync),
      hand_over_(store, store.inventory(), map, peers_, stop_, paused_, clock, options.hand_over),
      scrub_(store.scrubber(), paused_, clock, options.scrub),
      tasks_(sync_, hand_over_, scrub_, paused_, clock) {
  {
    MutexLock lock(&threads_mutex_);
    syncing_ = std::make_unique<Periodic>([this] {
      stop_.WaitFor(kGather);
      return sync_.Tick();
    });
    handing_over_ = std::make_unique<Periodic>([this] { return hand_over_.Tick(); });
    scrubbing_ = std::make_unique<Periodic>([this] { return scrub_.Tick(); });
  }
  map_.suspects().OnAdd([this] { Wake(); });
  store_.OnQuarantined([this](const ChunkId& id) {
    Log(LogLevel::kWarning, "storage", "a bad copy was found and quarantined",
        {{"chunk", ToString(id)}});
    const auto table = map_.table();
    if (table != nullptr) map_.suspects().Add(PartitionOf(id, table->size()));
  });
}

Background::~Background() { Stop(); }

void Background::Stop() {
  stop_.Stop();
  peers_.Cancel();
  store_.OnQuarantined(nullptr);
  map_.suspects().OnAdd(nullptr);
  std::unique_ptr<Periodic> ended[3];
  {
    MutexLock lock(&threads_mutex_);
    ended[0] = std::move(syncing_);
    ended[1] = std::move(handing_over_);
    ended[2] = std::move(scrubbing_);
  }
}

void Background::Wake() {
  MutexLock lock(&threads_mutex_);
  if (syncing_ != nullptr) syncing_->Wake();
  if (handing_over_ != nullptr) handing_over_->Wake();
}

void Background::Heed(const v1::HeartbeatResponse& answer) {
  paused_.Set(answer.paused());
  MutexLock lock(&heed_mutex_);
  // What was asked for before this start is none of its business.
  const bool asked = scrub_request_.has_value() && answer.scrub_request() != *scrub_request_;
  scrub_request_ = answer.scrub_request();
  if (!asked) return;
  scrub_.BeginPass();
  MutexLock threads(&threads_mutex_);
  if (scrubbing_ != nullptr) scrubbing_->Wake();
}

void Background::Describe(v1::HeartbeatRequest* heartbeat) {
  trebol::Describe(sync_.report(), hand_over_.report(), heartbeat);
  heartbeat->set_repair_rate(static_cast<uint64_t>(repair_rate_));
  for (v1::BackgroundTask& task : tasks_.Describe()) *heartbeat->add_tasks() = std::move(task);
}

void Describe(const PartitionSync::Report& sync, const HandOver::Report& strays,
              v1::HeartbeatRequest* heartbeat) {
  for (const auto& [partition, epoch] : sync.complete) {
    auto* complete = heartbeat->add_complete();
    complete->set_partition(static_cast<uint32_t>(partition.value));
    complete->set_epoch(epoch.value);
  }
  heartbeat->set_missing_chunks(sync.missing_chunks);
  heartbeat->set_missing_bytes(sync.missing_bytes);
  heartbeat->set_unequal_partitions(sync.unequal_partitions);
  heartbeat->set_compared(sync.compared);
  for (const PartitionId partition : strays.partitions) {
    heartbeat->add_stray_partitions(static_cast<uint32_t>(partition.value));
  }
  heartbeat->set_stray_chunks(strays.chunks);
  heartbeat->set_stray_bytes(strays.bytes);
  heartbeat->set_stray_epoch(strays.map_epoch.value);
}

}  // namespace trebol
