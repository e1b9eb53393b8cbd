#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/stub/storage_stub.h"
#include "gateway/replication/node_health.h"

namespace trebol {

/// Tells NodeHealth of every call: whom it was made to, how long it took, how it ended.
class WatchedStorageStub final : public StorageStub {
 public:
  WatchedStorageStub(std::shared_ptr<StorageStub> storage, std::shared_ptr<NodeHealth> nodes)
      : storage_(std::move(storage)), nodes_(std::move(nodes)) {}

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
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<NodeHealth> nodes_;
};

/// What the end of a call says of the node that it was made to.
CircuitBreaker::Result WhatItSaysOfTheNode(const absl::Status& status,
                                           const RequestContext& context);

}  // namespace trebol
