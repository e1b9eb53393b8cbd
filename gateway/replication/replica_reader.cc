#include "gateway/replication/replica_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"
#include "common/telemetry/log.h"

namespace trebol {

ReplicaReader::ReplicaReader(std::shared_ptr<StorageStub> storage, std::shared_ptr<MapCache> maps,
                             std::shared_ptr<NodeMemory> nodes)
    : storage_(std::move(storage)), maps_(std::move(maps)), nodes_(std::move(nodes)) {}

Task<Bytes> ReplicaReader::Read(RequestContextPtr context, ChunkId id, uint64_t offset,
                                uint64_t length) {
  std::vector<std::string> failures;
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  const ReplicaSet& replicas = map->Replicas(map->PartitionOf(id));
  // Leavers and hint holders come behind the serving set once moves exist.
  std::vector<NodeId> candidates = replicas.serving;
  candidates.insert(candidates.end(), replicas.leaving.begin(), replicas.leaving.end());
  for (NodeId node : nodes_->Order(candidates, id.index + id.version.sequence)) {
    auto bytes = co_await ReadFrom(context, node, id, offset, length);
    if (bytes.ok()) {
      nodes_->Succeeded(node);
      co_return bytes;
    }
    if (context->cancellation->cancelled()) co_return absl::CancelledError("the caller went away");
    if (SystemClock().Now() >= context->deadline) {
      co_return absl::DeadlineExceededError("the request's deadline passed while a chunk was read");
    }
    if (IsAmbiguous(bytes.status())) nodes_->Failed(node);
    Log(LogLevel::kWarning, "gateway", "a copy could not be read; trying the next",
        {{"chunk", ToString(id)},
         {"node", ToString(node)},
         {"why", std::string(bytes.status().message())},
         {"trace", context->trace_parent}});
    failures.push_back(absl::StrCat("node ", ToString(node), ": ", bytes.status().message()));
  }
  co_return MakeError(absl::StatusCode::kUnavailable, v1::DATA_UNAVAILABLE,
                      absl::StrCat("no reachable copy of chunk ", ToString(id),
                                   " is good: ", absl::StrJoin(failures, "; ")));
}

Task<Bytes> ReplicaReader::ReadFrom(RequestContextPtr context, NodeId node, ChunkId id,
                                    uint64_t offset, uint64_t length) {
  CO_ASSIGN_OR_RETURN(auto map, maps_->WithTable());
  const v1::ClusterNode* target = map->FindNode(node);
  if (target == nullptr) co_return absl::NotFoundError("it is no longer in the cluster map");
  const PartitionId partition = map->PartitionOf(id);
  v1::GetChunkRequest request;
  *request.mutable_chunk() = ToProto(id);
  request.set_node(node.value);
  request.set_partition(static_cast<uint32_t>(partition.value));
  request.set_epoch(map->Replicas(partition).epoch.value);
  request.set_offset(offset);
  request.set_length(length);
  CO_ASSIGN_OR_RETURN(ChunkAnswer answer,
                      co_await storage_->GetChunk(context, target->endpoint(), std::move(request)));
  if (answer.data.size() != length || Crc32c(answer.data) != answer.header.crc32c()) {
    co_return MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT,
                        absl::StrCat("sent ", answer.data.size(), " bytes for ", length,
                                     ", or bytes that do not match their checksum"));
  }
  co_return std::move(answer.data);
}

}  // namespace trebol
