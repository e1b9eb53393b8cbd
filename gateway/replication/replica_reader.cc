#include "gateway/replication/replica_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

// How often it is looked for reads that are late: half of the least that is late.
constexpr absl::Duration kWatchInterval = absl::Milliseconds(5);
// Of a read that nobody waits for: it takes none of the memory that is set aside for reads.
constexpr uint64_t kMostTried = 32 * kKiB;

}  // namespace

ReplicaReader::ReplicaReader(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                             std::shared_ptr<MapCache> maps, std::shared_ptr<NodeHealth> nodes,
                             std::shared_ptr<ReplicationMetrics> metrics, const Clock& clock)
    : runtime_(runtime),
      storage_(std::move(storage)),
      maps_(std::move(maps)),
      nodes_(std::move(nodes)),
      metrics_(std::move(metrics)),
      clock_(clock) {}

Task<Bytes> ReplicaReader::Read(RequestContextPtr context, ChunkId id, uint64_t offset,
                                uint64_t length) {
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  const ChunkRead::What what = {.id = id, .offset = offset, .length = length};
  auto read = std::make_shared<ChunkRead>(context, what, map, nodes_);
  auto bytes = co_await ReadOnce(context, read);
  if (ReasonOf(bytes.status()) != v1::DATA_UNAVAILABLE || !read->worth_refreshing()) {
    co_return bytes;
  }
  (void)co_await maps_->Refresh(context);  // if it fails, what is known is all that is known
  CO_ASSIGN_OR_RETURN(auto newer, maps_->WithTable());
  if (newer->Replicas(newer->PartitionOf(id)).epoch == read->replicas().epoch) co_return bytes;
  co_return co_await ReadOnce(context, std::make_shared<ChunkRead>(context, what, newer, nodes_));
}

Task<Bytes> ReplicaReader::ReadOnce(RequestContextPtr context, std::shared_ptr<ChunkRead> read) {
  hedges_.Read();
  if (const auto usual = read->usual(); usual.has_value() && nodes_->Tries(*usual)) {
    runtime_.Spawn(Try(read, *usual));
  }
  Cancellation::Registration registration(context->cancellation, [read] { read->Cancel(); });
  const auto pending = Expect(read);
  auto bytes = co_await AskFirst(context, read);
  Forget(pending);
  co_return bytes;
}

Task<Bytes> ReplicaReader::AskFirst(RequestContextPtr context, std::shared_ptr<ChunkRead> read) {
  while (const auto node = read->Next()) {
    read->Asks(*node);
    auto bytes = co_await Ask(read->first(), read, *node, read->what().length);
    if (bytes.ok()) {
      (void)read->EndFirst(/*answered=*/true);
      co_return bytes;
    }
    if (read->second_won()) break;
    if (context->cancellation->cancelled()) co_return absl::CancelledError("the caller went away");
    if (SystemClock().Now() >= context->deadline) {
      co_return absl::DeadlineExceededError("the request's deadline passed while a chunk was read");
    }
    Note(*read, *node, bytes.status());
  }
  if (const auto second = read->EndFirst(/*answered=*/false)) {
    auto other = co_await ChunkRead::Outcome::Wait(second);
    if (other.ok()) co_return other;
    if (context->cancellation->cancelled()) co_return absl::CancelledError("the caller went away");
  }
  co_return read->Explain();
}

Task<void> ReplicaReader::AskSecond(RequestContextPtr context, std::shared_ptr<ChunkRead> read) {
  absl::Status status = absl::UnavailableError("nobody else can be asked");
  while (const auto node = read->Next()) {
    auto bytes = co_await Ask(context, read, *node, read->what().length);
    if (bytes.ok()) {
      metrics_->hedges_won.Add();
      read->EndSecond(std::move(bytes));
      co_return absl::OkStatus();
    }
    status = bytes.status();
    if (context->cancellation->cancelled() || SystemClock().Now() >= context->deadline) break;
    Note(*read, *node, status);
  }
  read->EndSecond(status);
  co_return absl::OkStatus();
}

Task<void> ReplicaReader::Try(std::shared_ptr<ChunkRead> read, NodeId node) {
  const uint64_t length = std::min(read->what().length, kMostTried);
  const auto bytes = co_await Ask(Detached(read->first()), read, node, length);
  nodes_->Tried(node);
  co_return bytes.status();
}

void ReplicaReader::Note(ChunkRead& read, NodeId node, const absl::Status& status) {
  if (IsAmbiguous(status)) nodes_->Failed(node);
  Log(LogLevel::kWarning, "gateway", "a copy could not be read; trying the next",
      {{"chunk", ToString(read.what().id)},
       {"node", ToString(node)},
       {"why", std::string(status.message())},
       {"trace", read.first()->trace_parent}});
  read.Failed(node, status);
}

Task<Bytes> ReplicaReader::Ask(RequestContextPtr context, std::shared_ptr<ChunkRead> read,
                               NodeId node, uint64_t length) {
  const v1::ClusterNode* target = read->map().FindNode(node);
  if (target == nullptr) co_return absl::NotFoundError("it is no longer in the cluster map");
  const ChunkRead::What& what = read->what();
  v1::GetChunkRequest request;
  *request.mutable_chunk() = ToProto(what.id);
  request.set_node(node.value);
  request.set_partition(static_cast<uint32_t>(read->replicas().partition.value));
  request.set_epoch(read->replicas().epoch.value);
  request.set_offset(what.offset);
  request.set_length(length);
  CO_ASSIGN_OR_RETURN(ChunkAnswer answer,
                      co_await storage_->GetChunk(context, target->endpoint(), std::move(request)));
  const bool whole = answer.data.size() == length && Crc32c(answer.data) == answer.header.crc32c();
  if (!whole && !Planted("gateway.believes_any_bytes")) {
    co_return MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT,
                        absl::StrCat("sent ", answer.data.size(), " bytes for ", length,
                                     ", or bytes that do not match their checksum"));
  }
  co_return std::move(answer.data);
}

ReplicaReader::PendingReads::iterator ReplicaReader::Expect(std::shared_ptr<ChunkRead> read) {
  PendingReads one;
  const absl::Duration late_after = nodes_->HedgeAfter(read->what().length);
  one.push_back({.begun = clock_.Now(), .late_after = late_after, .read = std::move(read)});
  const auto added = one.begin();
  bool watch = false;
  {
    MutexLock lock(&mutex_);
    pending_.splice(pending_.end(), one);
    watch = !std::exchange(watched_, true);
  }
  if (watch) runtime_.Spawn(Watch());
  return added;
}

void ReplicaReader::Forget(PendingReads::iterator pending) {
  PendingReads one;  // destroyed without the lock
  MutexLock lock(&mutex_);
  one.splice(one.end(), pending_, pending);
}

Task<void> ReplicaReader::Watch() {
  std::vector<Late> late;
  while (true) {
    (void)co_await Sleep(kWatchInterval);  // its end is known by what is pending
    if (!TakeLate(&late)) co_return absl::OkStatus();
    for (const Late& one : late) {
      metrics_->hedges.Add();
      runtime_.Spawn(AskSecond(one.context, one.read));
    }
    late.clear();
  }
}

bool ReplicaReader::TakeLate(std::vector<Late>* late) {
  const Instant now = clock_.Now();
  MutexLock lock(&mutex_);
  for (Pending& pending : pending_) {
    if (now - pending.begun < pending.late_after || pending.read->second_begun()) continue;
    const auto asked = pending.read->asked();
    if (!hedges_.MayHedge(asked.has_value() && nodes_->Silent(*asked))) {
      if (!std::exchange(pending.refused, true)) metrics_->hedges_refused.Add();
      continue;
    }
    if (auto context = pending.read->BeginSecond()) {
      late->push_back({std::move(context), pending.read});
    }
  }
  watched_ = !pending_.empty();
  return watched_;
}

}  // namespace trebol
