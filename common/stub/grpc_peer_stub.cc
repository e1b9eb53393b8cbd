#include "common/stub/grpc_peer_stub.h"

#include "common/base/limits.h"
#include "common/rpc/unary_call.h"

namespace trebol {

Task<v1::ComparePartitionsResponse> GrpcPeerStub::ComparePartitions(
    RequestContextPtr context, std::string endpoint, v1::ComparePartitionsRequest request) {
  return UnaryCall<v1::ComparePartitionsResponse>(
      std::move(context), channels_->Pick(endpoint), identity_,
      "/trebol.v1.PeerService/ComparePartitions", request, kPeerCallTimeout);
}

Task<v1::ListChunksResponse> GrpcPeerStub::ListChunks(RequestContextPtr context,
                                                      std::string endpoint,
                                                      v1::ListChunksRequest request) {
  return UnaryCall<v1::ListChunksResponse>(std::move(context), channels_->Pick(endpoint), identity_,
                                           "/trebol.v1.PeerService/ListChunks", request,
                                           kPeerCallTimeout);
}

Task<v1::ListVersionsResponse> GrpcPeerStub::ListVersions(RequestContextPtr context,
                                                          std::string endpoint,
                                                          v1::ListVersionsRequest request) {
  return UnaryCall<v1::ListVersionsResponse>(std::move(context), channels_->Pick(endpoint),
                                             identity_, "/trebol.v1.PeerService/ListVersions",
                                             request, kPeerCallTimeout);
}

}  // namespace trebol
