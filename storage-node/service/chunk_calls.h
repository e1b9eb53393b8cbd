#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/bytes.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/map_view.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// The calls of a storage node as plain functions that may block; chunk.proto says what they
/// promise. All refuse what is meant for another node. Thread-safe as their arguments are.

struct PutChunkCall {
  v1::PutChunkRequest request;
  Bytes data;
};
/// Returns once the chunks are on disk, with an answer to each call, in order.
std::vector<absl::StatusOr<v1::PutChunkResponse>> PutChunks(ChunkStore& store, MapView& map,
                                                            absl::Span<const PutChunkCall> calls);

struct GetChunkResult {
  v1::GetChunkResponse header;
  Bytes data;
};
/// A copy that is absent makes its partition suspect.
absl::StatusOr<GetChunkResult> GetChunk(ChunkStore& store, const MapView& map,
                                        const v1::GetChunkRequest& request);
/// Likewise from memory, without blocking; nullopt leaves it to GetChunk.
std::optional<GetChunkResult> TryGetChunk(ChunkStore& store, const MapView& map,
                                          const v1::GetChunkRequest& request);

absl::StatusOr<v1::StatChunkResponse> StatChunk(ChunkStore& store, MapView& map,
                                                const v1::StatChunkRequest& request);

absl::StatusOr<v1::DeleteVersionsResponse> DeleteVersions(ChunkStore& store, const MapView& map,
                                                          const v1::DeleteVersionsRequest& request);

absl::StatusOr<v1::ReportSessionResponse> ReportSession(ChunkStore& store, const MapView& map,
                                                        const v1::ReportSessionRequest& request);

}  // namespace trebol
