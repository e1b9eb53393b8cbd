#pragma once

#include <string>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// What came back of a GetChunk. `header.data` is empty; the bytes are in `data`, as they were
/// received.
struct ChunkAnswer {
  v1::GetChunkResponse header;
  Bytes data;
};

/// May I call this node now? One call to one storage node; `endpoint` as in the cluster map. Every
/// call is idempotent (chunk.proto), so its caller may repeat it. Deadlines: 3 s plus 1 s for each
/// MiB that travels. Thread-safe.
class StorageStub {
 public:
  virtual ~StorageStub() = default;

  /// `header.data` must be empty; `data` is sent in its place without being copied.
  virtual Task<v1::PutChunkResponse> PutChunk(RequestContextPtr context, std::string endpoint,
                                              v1::PutChunkRequest header, Bytes data) = 0;
  virtual Task<ChunkAnswer> GetChunk(RequestContextPtr context, std::string endpoint,
                                     v1::GetChunkRequest request) = 0;
  virtual Task<v1::StatChunkResponse> StatChunk(RequestContextPtr context, std::string endpoint,
                                                v1::StatChunkRequest request) = 0;
  virtual Task<v1::DeleteVersionsResponse> DeleteVersions(RequestContextPtr context,
                                                          std::string endpoint,
                                                          v1::DeleteVersionsRequest request) = 0;
  virtual Task<v1::ReportSessionResponse> ReportSession(RequestContextPtr context,
                                                        std::string endpoint,
                                                        v1::ReportSessionRequest request) = 0;
};

}  // namespace trebol
