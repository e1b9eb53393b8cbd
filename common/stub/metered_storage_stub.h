#pragma once

#include <memory>
#include <string>

#include "common/stub/storage_stub.h"
#include "common/telemetry/registry.h"

namespace trebol {

/// Counts the calls that go to storage nodes, a chunk each, whatever travels together, as
/// trebol_gateway_node_calls_total by method. Set beside the requests that ended it says how often
/// a chunk was asked for or sent: once for each copy when nothing is repeated. Thread-safe.
class MeteredStorageStub final : public StorageStub {
 public:
  /// `registry` outlives it.
  MeteredStorageStub(std::shared_ptr<StorageStub> stub, Registry& registry);

  Task<v1::PutChunkResponse> PutChunk(RequestContextPtr context, std::string endpoint,
                                      v1::PutChunkRequest header, Bytes data) override;
  Task<ChunkAnswer> GetChunk(RequestContextPtr context, std::string endpoint,
                             v1::GetChunkRequest request) override;
  Task<v1::StatChunkResponse> StatChunk(RequestContextPtr context, std::string endpoint,
                                        v1::StatChunkRequest request) override;
  Task<v1::DeleteVersionsResponse> DeleteVersions(RequestContextPtr context, std::string endpoint,
                                                  v1::DeleteVersionsRequest request) override;
  Task<v1::ReportSessionResponse> ReportSession(RequestContextPtr context, std::string endpoint,
                                                v1::ReportSessionRequest request) override;

 private:
  const std::shared_ptr<StorageStub> stub_;
  Counter& puts_;
  Counter& gets_;
  Counter& stats_;
  Counter& deletes_;
  Counter& reports_;
};

}  // namespace trebol
