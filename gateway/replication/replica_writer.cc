#include "gateway/replication/replica_writer.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/async/one_shot.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr int kAttempts = 3;
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(100);
constexpr absl::Duration kStragglerPatience = absl::Seconds(2);

/// Counts copies until W succeeded or too many failed.
class CopyCount {
 public:
  CopyCount(size_t copies, size_t needed) : needed_(needed), spare_(copies - needed) {}

  void Succeeded() {
    MutexLock lock(&mutex_);
    if (++done_ == needed_) decided_->Set(absl::OkStatus());
  }
  void Failed(const std::string& what) {
    MutexLock lock(&mutex_);
    failures_.push_back(what);
    if (failures_.size() != spare_ + 1) return;
    decided_->Set(MakeError(absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET,
                            absl::StrCat("fewer than ", needed_, " copies could be written: ",
                                         absl::StrJoin(failures_, "; "))));
  }
  bool succeeded() {
    MutexLock lock(&mutex_);
    return done_ >= needed_;
  }
  /// Nothing more depends on the copies that are still on their way.
  bool decided() {
    MutexLock lock(&mutex_);
    return done_ >= needed_ || failures_.size() > spare_;
  }
  const std::shared_ptr<OneShot<absl::Status>>& outcome() const { return decided_; }

 private:
  const size_t needed_;
  const size_t spare_;
  const std::shared_ptr<OneShot<absl::Status>> decided_ = std::make_shared<OneShot<absl::Status>>();
  Mutex mutex_;
  size_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
};

v1::PutChunkRequest MakeRequest(const ChunkId& id, uint32_t crc32c) {
  v1::PutChunkRequest request;
  *request.mutable_chunk()->mutable_version() = ToProto(id.version);
  request.mutable_chunk()->set_index(id.index);
  request.set_crc32c(crc32c);
  return request;
}

}  // namespace

struct ReplicaWriter::ChunkWrite {
  ChunkWrite(RequestContextPtr context, const ChunkId& id, Bytes data, size_t copies, size_t needed)
      : context(std::move(context)), id(id), data(std::move(data)), count(copies, needed) {}

  const RequestContextPtr context;  // of the copies, not of the caller: a third copy may outlive it
  const ChunkId id;
  const Bytes data;
  uint32_t crc32c = 0;
  std::shared_ptr<Semaphore::Permit> permit;
  CopyCount count;
};

ReplicaWriter::ReplicaWriter(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                             std::shared_ptr<MapCache> maps,
                             std::shared_ptr<GatewaySession> session,
                             std::shared_ptr<NodeMemory> nodes, const Clock& clock)
    : runtime_(runtime),
      storage_(std::move(storage)),
      maps_(std::move(maps)),
      session_(std::move(session)),
      nodes_(std::move(nodes)),
      clock_(clock) {}

Task<void> ReplicaWriter::Write(RequestContextPtr context, ChunkId id, Bytes data, uint32_t crc32c,
                                std::shared_ptr<Semaphore::Permit> permit) {
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  const std::vector<NodeId> serving = map->Replicas(map->PartitionOf(id)).serving;
  const size_t needed = Planted("gateway.ack_at_one_copy") ? 1 : map->write_quorum();
  if (serving.size() < needed) {
    co_return MakeError(
        absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET,
        absl::StrCat("the partition has ", serving.size(), " nodes and a write needs ", needed,
                     " copies; add storage nodes"));
  }
  auto write =
      std::make_shared<ChunkWrite>(Detached(context), id, std::move(data), serving.size(), needed);
  write->crc32c = crc32c;
  write->permit = std::move(permit);
  for (NodeId node : serving) runtime_.Spawn(WriteCopy(write, node));

  // A caller that goes away ends the wait and takes its copies with it.
  auto outcome = write->count.outcome();
  const auto copies = write->context->cancellation;
  Cancellation::Registration registration(context->cancellation, [outcome, copies] {
    outcome->Set(absl::CancelledError("the caller went away"));
    copies->Cancel();
  });
  const absl::Status status = co_await OneShot<absl::Status>::Wait(outcome);
  if (status.ok()) {
    MutexLock lock(&mutex_);
    stragglers_.push_back({clock_.Now(), copies});
  } else {
    copies->Cancel();
  }
  co_return status;
}

Task<void> ReplicaWriter::WriteCopy(std::shared_ptr<ChunkWrite> write, NodeId node) {
  absl::Status status;
  absl::Duration backoff = kFirstBackoff;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) {
      (void)co_await Sleep(backoff);  // every way out of here goes by the count
      backoff *= 2;
    }
    status = co_await Attempt(write, node);
    if (status.ok()) {
      nodes_->Succeeded(node);
      write->count.Succeeded();
      co_return status;
    }
    if (ReasonOf(status) == v1::STALE_EPOCH) {
      (void)co_await maps_->Refresh(write->context);
    } else if (!IsAmbiguous(status)) {
      break;
    }
    // The others decided it, or nobody waits: the node owes this copy.
    if (write->count.decided() || write->context->cancellation->cancelled()) break;
  }
  // Being called off is no fault of a node, unless it was the last one by far.
  const bool called_off = write->context->cancellation->cancelled() && !write->count.succeeded();
  if (IsAmbiguous(status) && !called_off) nodes_->Failed(node);
  write->count.Failed(absl::StrCat("node ", ToString(node), ": ", status.message()));
  co_return status;
}

Task<void> ReplicaWriter::Attempt(std::shared_ptr<ChunkWrite> write, NodeId node) {
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  const PartitionId partition = map->PartitionOf(write->id);
  const ReplicaSet& replicas = map->Replicas(partition);
  const v1::ClusterNode* target = map->FindNode(node);
  if (target == nullptr) co_return absl::NotFoundError("it is no longer in the cluster map");
  v1::PutChunkRequest request = MakeRequest(write->id, write->crc32c);
  request.set_partition(static_cast<uint32_t>(partition.value));
  request.set_epoch(replicas.epoch.value);
  *request.mutable_lineage() = session_->lineage();
  auto response = co_await storage_->PutChunk(write->context, target->endpoint(),
                                              std::move(request), write->data);
  co_return response.status();
}

void ReplicaWriter::Tick() {
  std::vector<std::shared_ptr<Cancellation>> late;
  {
    MutexLock lock(&mutex_);
    const Instant now = clock_.Now();
    while (!stragglers_.empty() && now - stragglers_.front().since >= kStragglerPatience) {
      // Gone when every copy has ended: only writes that still run keep their cancellation alive.
      if (auto cancellation = stragglers_.front().cancellation.lock()) {
        late.push_back(std::move(cancellation));
      }
      stragglers_.pop_front();
    }
  }
  for (const auto& cancellation : late) cancellation->Cancel();
}

}  // namespace trebol
