#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/async/runtime.h"
#include "common/stub/peer_stub.h"
#include "common/stub/storage_stub.h"
#include "storage-node/engine/chunk_inventory.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/map_view.h"

namespace trebol {

/// The other storage nodes, as plain functions that block. Calls go to where the newest map says
/// that a node is; UNAVAILABLE for one that the map does not know. Thread-safe.
class Peers {
 public:
  Peers(Runtime& runtime, std::shared_ptr<PeerStub> peers, std::shared_ptr<StorageStub> storage,
        const MapView& map)
      : runtime_(runtime), peers_(std::move(peers)), storage_(std::move(storage)), map_(map) {}

  /// Ends the calls that are under way, and all later ones at once: CANCELLED.
  void Cancel() { context_->cancellation->Cancel(); }

  /// `sets` as this node has them installed; entries of those with moves under way travel along.
  absl::StatusOr<v1::ComparePartitionsResponse> Compare(NodeId node,
                                                        absl::Span<const ReplicaSet* const> sets,
                                                        absl::Span<const DecidedMark> undecided);

  absl::StatusOr<std::vector<ListedChunk>> List(NodeId node, PartitionId partition,
                                                const std::optional<ChunkId>& after, size_t limit,
                                                absl::Span<const DecidedMark> undecided);

  /// All at the same time; a result for each, in order. Bytes are verified.
  std::vector<absl::StatusOr<ChunkPut>> Fetch(NodeId node, const ReplicaSet& set,
                                              absl::Span<const ListedChunk> chunks);

  /// What the member `node` has of these chunks, read and verified there, under exactly this set.
  absl::StatusOr<v1::StatChunkResponse> Confirm(NodeId node, const ReplicaSet& set,
                                                absl::Span<const ListedChunk> chunks);

  /// All at the same time; a result for each, in order. OK: durable there.
  std::vector<absl::Status> Push(NodeId node, const ReplicaSet& set,
                                 absl::Span<const ChunkPut> chunks);

 private:
  absl::StatusOr<std::string> EndpointOf(NodeId node) const;
  template <typename Response>
  std::vector<absl::StatusOr<Response>> BlockOnAll(std::vector<Task<Response>> tasks);

  Runtime& runtime_;
  const std::shared_ptr<PeerStub> peers_;
  const std::shared_ptr<StorageStub> storage_;
  const MapView& map_;
  const RequestContextPtr context_ = BackgroundContext();
};

}  // namespace trebol
