#include "storage-node/background/peers.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol {
namespace {

template <typename Request>
void AddMarks(absl::Span<const DecidedMark> undecided, Request* request) {
  for (const DecidedMark& mark : undecided) {
    v1::SessionMark* proto = request->add_marks();
    proto->set_generation(mark.generation.value);
    proto->set_session(mark.session.value);
    proto->set_decided_below(mark.decided_below);
  }
}

absl::StatusOr<ChunkPut> Checked(const ListedChunk& wanted, absl::StatusOr<ChunkAnswer> answer) {
  RETURN_IF_ERROR(answer.status());
  const uint32_t crc32c = Crc32c(answer->data);
  if (answer->data.size() != wanted.size || crc32c != answer->header.crc32c()) {
    return MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT,
                     absl::StrCat("chunk ", ToString(wanted.id), " came as ", answer->data.size(),
                                  " bytes for ", wanted.size, ", or with another checksum"));
  }
  return ChunkPut{.id = wanted.id,
                  .data = std::move(answer->data),
                  .crc32c = crc32c,
                  .options = {.from_peer = true}};
}

}  // namespace

template <typename Response>
std::vector<absl::StatusOr<Response>> Peers::BlockOnAll(std::vector<Task<Response>> tasks) {
  struct Shared {
    Mutex mutex;
    CondVar done;
    size_t left ABSL_GUARDED_BY(mutex) = 0;
    std::vector<absl::StatusOr<Response>> results ABSL_GUARDED_BY(mutex);
  };
  auto shared = std::make_shared<Shared>();
  MutexLock lock(&shared->mutex);
  shared->left = tasks.size();
  shared->results.resize(tasks.size());
  for (size_t i = 0; i < tasks.size(); ++i) {
    runtime_.Spawn(std::move(tasks[i]), [shared, i](absl::StatusOr<Response> result) {
      MutexLock result_lock(&shared->mutex);
      shared->results[i] = std::move(result);
      if (--shared->left == 0) shared->done.NotifyAll();
    });
  }
  while (shared->left > 0) shared->done.Wait(&shared->mutex);
  return std::move(shared->results);
}

absl::StatusOr<std::string> Peers::EndpointOf(NodeId node) const {
  const auto map = map_.map();
  const v1::ClusterNode* found = map == nullptr ? nullptr : map->FindNode(node);
  if (found != nullptr) return found->endpoint();
  return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                   absl::StrCat("node ", ToString(node), " is not in the newest cluster map"));
}

absl::StatusOr<v1::ComparePartitionsResponse> Peers::Compare(
    NodeId node, absl::Span<const ReplicaSet* const> sets,
    absl::Span<const DecidedMark> undecided) {
  ASSIGN_OR_RETURN(std::string endpoint, EndpointOf(node));
  v1::ComparePartitionsRequest request;
  request.set_node(node.value);
  request.set_from_node(map_.self().value);
  request.set_map_epoch(map_.map_epoch().value);
  AddMarks(undecided, &request);
  for (const ReplicaSet* set : sets) {
    request.add_partitions(static_cast<uint32_t>(set->partition.value));
    if (!set->incoming.empty() || !set->leaving.empty()) *request.add_entries() = ToProto(*set);
  }
  ASSIGN_OR_RETURN(v1::ComparePartitionsResponse response,
                   runtime_.BlockOn(peers_->ComparePartitions(context_, std::move(endpoint),
                                                              std::move(request))));
  if (response.digests_size() == static_cast<int>(sets.size())) return response;
  return absl::InternalError(absl::StrCat("node ", ToString(node), " answered ",
                                          response.digests_size(), " digests for ", sets.size()));
}

absl::StatusOr<std::vector<ListedChunk>> Peers::List(NodeId node, PartitionId partition,
                                                     const std::optional<ChunkId>& after,
                                                     size_t limit,
                                                     absl::Span<const DecidedMark> undecided) {
  ASSIGN_OR_RETURN(std::string endpoint, EndpointOf(node));
  v1::ListChunksRequest request;
  request.set_node(node.value);
  request.set_partition(static_cast<uint32_t>(partition.value));
  request.set_map_epoch(map_.map_epoch().value);
  AddMarks(undecided, &request);
  if (after) *request.mutable_after() = ToProto(*after);
  request.set_limit(static_cast<uint32_t>(limit));
  ASSIGN_OR_RETURN(
      const v1::ListChunksResponse response,
      runtime_.BlockOn(peers_->ListChunks(context_, std::move(endpoint), std::move(request))));
  std::vector<ListedChunk> chunks;
  for (const v1::ListChunksResponse::Chunk& chunk : response.chunks()) {
    chunks.push_back({.id = ChunkIdOf(chunk.id()), .size = chunk.size()});
  }
  return chunks;
}

std::vector<absl::StatusOr<ChunkPut>> Peers::Fetch(NodeId node, const ReplicaSet& set,
                                                   absl::Span<const ListedChunk> chunks) {
  const auto endpoint = EndpointOf(node);
  if (!endpoint.ok()) return {chunks.size(), absl::StatusOr<ChunkPut>(endpoint.status())};
  std::vector<Task<ChunkAnswer>> tasks;
  for (const ListedChunk& chunk : chunks) {
    v1::GetChunkRequest request;
    *request.mutable_chunk() = ToProto(chunk.id);
    request.set_node(node.value);
    request.set_partition(static_cast<uint32_t>(set.partition.value));
    request.set_epoch(set.epoch.value);
    request.set_length(chunk.size);
    tasks.push_back(storage_->GetChunk(context_, *endpoint, std::move(request)));
  }
  auto answers = BlockOnAll<ChunkAnswer>(std::move(tasks));
  std::vector<absl::StatusOr<ChunkPut>> fetched;
  for (size_t i = 0; i < chunks.size(); ++i) {
    fetched.push_back(Checked(chunks[i], std::move(answers[i])));
  }
  return fetched;
}

absl::StatusOr<v1::StatChunkResponse> Peers::Confirm(NodeId node, const ReplicaSet& set,
                                                     absl::Span<const ListedChunk> chunks) {
  ASSIGN_OR_RETURN(std::string endpoint, EndpointOf(node));
  v1::StatChunkRequest request;
  request.set_node(node.value);
  *request.mutable_at() = ToProto(set);
  for (const ListedChunk& chunk : chunks) *request.add_chunks() = ToProto(chunk.id);
  ASSIGN_OR_RETURN(
      v1::StatChunkResponse response,
      runtime_.BlockOn(storage_->StatChunk(context_, std::move(endpoint), std::move(request))));
  if (response.entries_size() == static_cast<int>(chunks.size())) return response;
  return absl::InternalError(absl::StrCat("node ", ToString(node), " answered ",
                                          response.entries_size(), " states for ", chunks.size()));
}

std::vector<absl::Status> Peers::Push(NodeId node, const ReplicaSet& set,
                                      absl::Span<const ChunkPut> chunks) {
  const auto endpoint = EndpointOf(node);
  if (!endpoint.ok()) return {chunks.size(), endpoint.status()};
  std::vector<Task<v1::PutChunkResponse>> tasks;
  for (const ChunkPut& chunk : chunks) {
    v1::PutChunkRequest request;
    *request.mutable_chunk() = ToProto(chunk.id);
    request.set_node(node.value);
    request.set_partition(static_cast<uint32_t>(set.partition.value));
    request.set_epoch(set.epoch.value);
    request.set_crc32c(chunk.crc32c);
    request.set_from_peer(true);
    *request.mutable_entry() = ToProto(set);
    tasks.push_back(storage_->PutChunk(context_, *endpoint, std::move(request), chunk.data));
  }
  std::vector<absl::Status> statuses;
  for (const auto& answer : BlockOnAll<v1::PutChunkResponse>(std::move(tasks)))
    statuses.push_back(answer.status());
  return statuses;
}

}  // namespace trebol
