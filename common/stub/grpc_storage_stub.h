#pragma once

#include <memory>
#include <utility>

#include "common/rpc/batcher.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/stub/storage_stub.h"

namespace trebol {

/// StorageStub over gRPC. Small chunks go through `batcher`. Thread-safe.
class GrpcStorageStub final : public StorageStub {
 public:
  GrpcStorageStub(std::shared_ptr<Channels> channels, std::shared_ptr<const Identity> identity,
                  std::shared_ptr<Batcher> batcher)
      : channels_(std::move(channels)),
        identity_(std::move(identity)),
        batcher_(std::move(batcher)) {}

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
  template <typename Response, typename Request>
  Task<Response> Call(RequestContextPtr context, const std::string& endpoint, const char* method,
                      const Request& request, absl::Duration timeout);

  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<const Identity> identity_;
  const std::shared_ptr<Batcher> batcher_;
};

}  // namespace trebol
