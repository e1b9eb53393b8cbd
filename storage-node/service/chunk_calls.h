#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/bytes.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/map_view.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// The calls of a storage node as plain functions that may block; chunk.proto says what they
/// promise. All refuse what is meant for another node. Thread-safe as their arguments are.

/// Returns once the chunk is on disk.
absl::StatusOr<v1::PutChunkResponse> PutChunk(ChunkStore& store, MapView& map,
                                              const v1::PutChunkRequest& request,
                                              const Bytes& data);

struct GetChunkResult {
  v1::GetChunkResponse header;
  Bytes data;
};
absl::StatusOr<GetChunkResult> GetChunk(ChunkStore& store, const MapView& map,
                                        const v1::GetChunkRequest& request);

absl::StatusOr<v1::StatChunkResponse> StatChunk(ChunkStore& store, const MapView& map,
                                                const v1::StatChunkRequest& request);

absl::StatusOr<v1::DeleteVersionsResponse> DeleteVersions(ChunkStore& store, const MapView& map,
                                                          const v1::DeleteVersionsRequest& request);

absl::StatusOr<v1::ReportSessionResponse> ReportSession(ChunkStore& store, const MapView& map,
                                                        const v1::ReportSessionRequest& request);

}  // namespace trebol
