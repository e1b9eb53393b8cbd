#pragma once

#include <memory>
#include <utility>

#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/stub/peer_stub.h"

namespace trebol {

/// PeerStub over gRPC. Thread-safe.
class GrpcPeerStub final : public PeerStub {
 public:
  GrpcPeerStub(std::shared_ptr<Channels> channels, std::shared_ptr<const Identity> identity)
      : channels_(std::move(channels)), identity_(std::move(identity)) {}

  Task<v1::ComparePartitionsResponse> ComparePartitions(
      RequestContextPtr context, std::string endpoint,
      v1::ComparePartitionsRequest request) override;
  Task<v1::ListChunksResponse> ListChunks(RequestContextPtr context, std::string endpoint,
                                          v1::ListChunksRequest request) override;
  Task<v1::ListVersionsResponse> ListVersions(RequestContextPtr context, std::string endpoint,
                                              v1::ListVersionsRequest request) override;

 private:
  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<const Identity> identity_;
};

}  // namespace trebol
