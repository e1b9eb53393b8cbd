#include "gateway/replication/replica_writer.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/async/one_shot.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr int kAttempts = 3;
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(100);
constexpr absl::Duration kStragglerPatience = absl::Seconds(2);
// More keeps no disk busier, and every node holds it in memory.
constexpr uint64_t kMostSending = 24 * kMiB;

/// Counts copies until W of them lie in as many zones as they can, or too many failed.
class CopyCount {
 public:
  /// `zones`: how many different ones the nodes lie in that are likely to answer.
  CopyCount(size_t copies, size_t needed, size_t zones)
      : copies_(copies), needed_(needed), zones_needed_(std::min(needed, zones)) {}

  void Succeeded(const std::string& zone) {
    MutexLock lock(&mutex_);
    ++done_;
    zones_.insert(zone);
    Decide();
  }
  void Failed(absl::string_view node, const absl::Status& status) {
    MutexLock lock(&mutex_);
    failures_.push_back(Annotate(status, node));
    Decide();
  }
  bool succeeded() {
    MutexLock lock(&mutex_);
    return done_ >= needed_;
  }
  /// Nothing more depends on the copies that are still on their way.
  bool decided() {
    MutexLock lock(&mutex_);
    return decided_;
  }
  const std::shared_ptr<OneShot<absl::Status>>& outcome() const { return outcome_; }

 private:
  void Decide() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const bool all_ended = done_ + failures_.size() == copies_;
    // Where no node of another zone can be reached, W copies in fewer zones are better than none.
    const bool enough = done_ >= needed_ && (zones_.size() >= zones_needed_ || all_ended);
    const bool too_few = failures_.size() > copies_ - needed_;
    if (!enough && !too_few) return;
    decided_ = true;
    outcome_->Set(enough ? absl::OkStatus() : Explain());
  }

  absl::Status Explain() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::string text = absl::StrCat(
        "fewer than ", needed_, " copies could be written: ",
        absl::StrJoin(failures_, "; ", [](std::string* out, const absl::Status& failure) {
          absl::StrAppend(out, failure.message());
        }));
    // Full or overloaded nodes are no accident that a repeat mends at once.
    const bool exhausted =
        std::all_of(failures_.begin(), failures_.end(),
                    [](const absl::Status& failure) { return absl::IsResourceExhausted(failure); });
    if (exhausted) {
      return MakeError(absl::StatusCode::kResourceExhausted, ReasonOf(failures_.front()), text);
    }
    return MakeError(absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET, text);
  }

  const size_t copies_;
  const size_t needed_;
  const size_t zones_needed_;
  const std::shared_ptr<OneShot<absl::Status>> outcome_ = std::make_shared<OneShot<absl::Status>>();
  Mutex mutex_;
  bool decided_ ABSL_GUARDED_BY(mutex_) = false;
  size_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<std::string> zones_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
};

std::string ZoneOf(const ClusterMap& map, NodeId node) {
  const v1::ClusterNode* found = map.FindNode(node);
  return found == nullptr ? std::string() : found->zone();
}

v1::PutChunkRequest MakeRequest(const ChunkId& id, uint32_t crc32c) {
  v1::PutChunkRequest request;
  *request.mutable_chunk() = ToProto(id);
  request.set_crc32c(crc32c);
  return request;
}

}  // namespace

struct ReplicaWriter::ChunkWrite {
  ChunkWrite(RequestContextPtr context, const ChunkId& id, Bytes data, size_t copies, size_t needed,
             size_t zones)
      : context(std::move(context)), id(id), data(std::move(data)), count(copies, needed, zones) {}

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
      clock_(clock),
      sending_(Semaphore::Create(kMostSending)) {}

Task<void> ReplicaWriter::Write(RequestContextPtr context, ChunkId id, Bytes data, uint32_t crc32c,
                                std::shared_ptr<Semaphore::Permit> permit) {
  CO_ASSIGN_OR_RETURN(const Semaphore::Permit sending,
                      co_await sending_->Acquire(context->cancellation, data.size()));
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  const std::vector<NodeId> serving = map->Replicas(map->PartitionOf(id)).serving;
  const size_t needed = Planted("gateway.ack_at_one_copy") ? 1 : map->write_quorum();
  if (serving.size() < needed) {
    co_return MakeError(
        absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET,
        absl::StrCat("the partition has ", serving.size(), " nodes and a write needs ", needed,
                     " copies; add storage nodes"));
  }
  // A zone whose nodes all failed a moment ago is not waited for by every write that follows.
  std::set<std::string> zones;
  for (NodeId node : serving) {
    if (!nodes_->FailedLately(node)) zones.insert(ZoneOf(*map, node));
  }
  auto write = std::make_shared<ChunkWrite>(Detached(context), id, std::move(data), serving.size(),
                                            needed, zones.size());
  write->crc32c = crc32c;
  write->permit = std::move(permit);
  for (NodeId node : serving) runtime_.Spawn(WriteCopy(write, node, ZoneOf(*map, node)));

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

Task<void> ReplicaWriter::WriteCopy(std::shared_ptr<ChunkWrite> write, NodeId node,
                                    std::string zone) {
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
      write->count.Succeeded(zone);
      co_return status;
    }
    if (ReasonOf(status) == v1::STALE_EPOCH) {
      (void)co_await maps_->Refresh(write->context);
    } else if (!IsAmbiguous(status) && ReasonOf(status) != v1::OVERLOADED) {
      break;
    }
    if (write->context->cancellation->cancelled()) break;
    if (write->count.succeeded()) {
      // W copies are there. Who waits for this one, because of its zone, waits for one call that
      // hangs and no more. Nobody waits after the acknowledgement, but the bytes hold memory: not
      // for a node that failed before.
      const bool awaited = !write->count.decided();
      if (awaited ? absl::IsDeadlineExceeded(status) : nodes_->FailedLately(node)) break;
    } else if (write->count.decided()) {
      break;  // failed, for want of others
    }
  }
  // Being called off is no fault of a node, unless it was the last one by far.
  const bool called_off = write->context->cancellation->cancelled() && !write->count.succeeded();
  if (IsAmbiguous(status) && !called_off) nodes_->Failed(node);
  write->count.Failed(absl::StrCat("node ", ToString(node)), status);
  co_return status;
}

Task<void> ReplicaWriter::Attempt(std::shared_ptr<ChunkWrite> write, NodeId node) {
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  const PartitionId partition = map->PartitionOf(write->id);
  const ReplicaSet& replicas = map->Replicas(partition);
  const v1::ClusterNode* target = map->FindNode(node);
  if (target == nullptr) co_return absl::NotFoundError("it is no longer in the cluster map");
  v1::PutChunkRequest request = MakeRequest(write->id, write->crc32c);
  request.set_node(node.value);
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
