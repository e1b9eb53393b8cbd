#include "gateway/replication/replica_writer.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/async/one_shot.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/resilience/backoff.h"
#include "gateway/replication/copy_count.h"

namespace trebol {
namespace {

constexpr int kAttempts = 3;
constexpr absl::Duration kStragglerPatience = absl::Seconds(2);
// More keeps no disk busier, and every node holds it in memory.
constexpr uint64_t kMostSending = 24 * kMiB;

/// The node cannot take the copy, and another one might.
bool AnotherMight(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case v1::DISK_FULL:
    case v1::OVERLOADED:
    case v1::STORE_FAILED:
    case v1::WRONG_NODE:
      return true;
    case v1::NOT_READY:  // it will be, in a moment
      return false;
    default:
      return IsAmbiguous(status);
  }
}

bool WorthRepeating(const absl::Status& status) {
  return IsAmbiguous(status) || ReasonOf(status) == v1::OVERLOADED;
}

}  // namespace

struct ReplicaWriter::Chunk {
  ChunkId id;
  Bytes data;
  uint32_t crc32c = 0;
  std::shared_ptr<Semaphore::Permit> permit;
};

struct ReplicaWriter::ChunkWrite {
  ChunkWrite(RequestContextPtr context, std::shared_ptr<const Chunk> chunk, WritePlan plan,
             size_t needed, size_t zones)
      : context(std::move(context)),
        chunk(std::move(chunk)),
        count(plan.first().size(), needed, zones),
        copies(plan.map().copies()),
        map(plan.map()),
        replicas(plan.replicas()),
        plan(std::move(plan)) {}

  const RequestContextPtr context;  // of the copies, not of the caller: a third copy may outlive it
  const std::shared_ptr<const Chunk> chunk;
  CopyCount count;
  const size_t copies;         // N
  const ClusterMap& map;       // of the plan, which keeps it
  const ReplicaSet& replicas;  // the same
  Mutex mutex;
  WritePlan plan ABSL_GUARDED_BY(mutex);
};

ReplicaWriter::ReplicaWriter(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                             std::shared_ptr<MapCache> maps,
                             std::shared_ptr<GatewaySession> session,
                             std::shared_ptr<NodeHealth> nodes,
                             std::shared_ptr<ReplicationMetrics> metrics, const Clock& clock)
    : runtime_(runtime),
      storage_(std::move(storage)),
      maps_(std::move(maps)),
      session_(std::move(session)),
      nodes_(std::move(nodes)),
      metrics_(std::move(metrics)),
      clock_(clock),
      sending_(Semaphore::Create(kMostSending)),
      seeds_(RandomId()) {}

Task<void> ReplicaWriter::Write(RequestContextPtr context, ChunkId id, Bytes data, uint32_t crc32c,
                                std::shared_ptr<Semaphore::Permit> permit) {
  CO_ASSIGN_OR_RETURN(const Semaphore::Permit sending,
                      co_await sending_->Acquire(context->cancellation, data.size()));
  auto chunk = std::make_shared<const Chunk>(id, std::move(data), crc32c, std::move(permit));
  absl::Status status;
  Backoff backoff(seeds_.fetch_add(1, std::memory_order_relaxed));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto before = maps_->Current();
    status = co_await WriteOnce(context, chunk);
    if (ReasonOf(status) != v1::STALE_EPOCH) co_return status;
    // The members may be others now, and W of those have to hold it: all begins again.
    (void)co_await maps_->Refresh(context);  // without it the next attempt ends like this one
    if (maps_->Current() == before) (void)co_await Sleep(backoff.Next());
    if (context->cancellation->cancelled()) co_return absl::CancelledError("the caller went away");
  }
  co_return MakeError(absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET,
                      absl::StrCat("the members of the partition changed during each of ",
                                   kAttempts, " attempts; try again: ", status.message()));
}

Task<void> ReplicaWriter::WriteOnce(RequestContextPtr context, std::shared_ptr<const Chunk> chunk) {
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  WritePlan plan(map, map->PartitionOf(chunk->id), nodes_);
  const size_t needed = Planted("gateway.ack_at_one_copy") ? 1 : map->write_quorum();
  const std::vector<WritePlan::Target> targets = plan.first();
  if (targets.size() < needed) {
    co_return MakeError(
        absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET,
        absl::StrCat("the partition has ", targets.size(), " nodes and a write needs ", needed,
                     " copies; add storage nodes"));
  }
  if (plan.degraded()) metrics_->degraded_writes.Add();
  // A zone whose nodes all failed a moment ago is not waited for by every write that follows.
  std::set<std::string> zones;
  for (const WritePlan::Target& target : targets) {
    if (target.likely) zones.insert(target.zone);
  }
  auto write =
      std::make_shared<ChunkWrite>(Detached(context), chunk, std::move(plan), needed, zones.size());
  for (const WritePlan::Target& target : targets) Start(write, target);

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

void ReplicaWriter::Start(const std::shared_ptr<ChunkWrite>& write,
                          const WritePlan::Target& target) {
  if (target.hint_for != NodeId()) metrics_->handoff_copies.Add();
  retries_.Call();
  runtime_.Spawn(WriteCopy(write, target));
}

bool ReplicaWriter::Replace(const std::shared_ptr<ChunkWrite>& write,
                            const WritePlan::Target& failed) {
  if (write->context->cancellation->cancelled()) return false;
  if (!write->count.TakeSpare(write->copies)) return false;
  std::optional<WritePlan::Target> spare;
  {
    MutexLock lock(&write->mutex);
    spare = write->plan.Spare(failed);
  }
  if (!spare.has_value()) {
    write->count.ReturnSpare();
    return false;
  }
  Start(write, *spare);
  return true;
}

Task<void> ReplicaWriter::WriteCopy(std::shared_ptr<ChunkWrite> write, WritePlan::Target target) {
  absl::Status status;
  Backoff backoff(seeds_.fetch_add(1, std::memory_order_relaxed));
  bool replaced = false;    // another node was sent what this one did not take
  bool with_entry = false;  // the node is behind
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) {
      const bool tell = ReasonOf(status) == v1::NOT_READY && !with_entry;
      with_entry |= tell;
      if (!tell) {
        if (!retries_.MayRetry()) {
          metrics_->retries_refused.Add();
          break;
        }
        metrics_->retries.Add();
        (void)co_await Sleep(backoff.Next());  // every way out of here goes by the count
      }
    }
    status = co_await Attempt(write, target, with_entry);
    if (status.ok()) {
      write->count.Succeeded(target.zone, replaced);
      co_return status;
    }
    if (ReasonOf(status) == v1::STALE_EPOCH) {
      write->count.Stale(status);
      break;
    }
    if (!replaced && AnotherMight(status)) replaced = Replace(write, target);
    if (!WorthRepeating(status) || write->context->cancellation->cancelled()) break;
    if (write->count.succeeded()) {
      // W copies are there. Who waits for this one, because of its zone, waits for one call that
      // hangs and no more. Nobody waits after the acknowledgement, but the bytes hold memory: not
      // for a node that failed before, nor where another has taken its copy.
      const bool awaited = !write->count.decided();
      if (replaced ||
          (awaited ? absl::IsDeadlineExceeded(status) : nodes_->FailedLately(target.node))) {
        break;
      }
    } else if (write->count.decided()) {
      break;  // failed, for want of others
    }
  }
  // Being called off is no fault of a node, unless it was the last one by far.
  const bool called_off = write->context->cancellation->cancelled() && !write->count.succeeded();
  if (IsAmbiguous(status) && !called_off) nodes_->Failed(target.node);
  write->count.Failed(absl::StrCat("node ", ToString(target.node)), status, replaced);
  co_return status;
}

Task<void> ReplicaWriter::Attempt(std::shared_ptr<ChunkWrite> write, WritePlan::Target target,
                                  bool with_entry) {
  const v1::ClusterNode* node = write->map.FindNode(target.node);
  if (node == nullptr) co_return absl::NotFoundError("it is no longer in the cluster map");
  const Chunk& chunk = *write->chunk;
  v1::PutChunkRequest request;
  *request.mutable_chunk() = ToProto(chunk.id);
  request.set_crc32c(chunk.crc32c);
  request.set_node(target.node.value);
  request.set_hint_for(target.hint_for.value);
  request.set_partition(static_cast<uint32_t>(write->replicas.partition.value));
  request.set_epoch(write->replicas.epoch.value);
  if (with_entry) *request.mutable_entry() = ToProto(write->replicas);
  *request.mutable_lineage() = session_->lineage();
  auto response =
      co_await storage_->PutChunk(write->context, node->endpoint(), std::move(request), chunk.data);
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
