#include "common/stub/grpc_cluster_stub.h"

#include "common/base/limits.h"
#include "common/rpc/unary_call.h"
#include "common/stub/metadata_answer.h"

namespace trebol {

template <typename Response, typename Request>
Task<Response> GrpcClusterStub::Call(RequestContextPtr context, const char* method,
                                     const Request& request) {
  return FromMetadata<Response>(
      endpoint_, UnaryCall<Response>(std::move(context), channels_->Pick(endpoint_), identity_,
                                     method, request, kMetadataCallTimeout));
}

Task<v1::RegisterNodeResponse> GrpcClusterStub::RegisterNode(RequestContextPtr context,
                                                             v1::RegisterNodeRequest request) {
  return Call<v1::RegisterNodeResponse>(std::move(context),
                                        "/trebol.v1.ClusterService/RegisterNode", request);
}

Task<v1::HeartbeatResponse> GrpcClusterStub::Heartbeat(RequestContextPtr context,
                                                       v1::HeartbeatRequest request) {
  return Call<v1::HeartbeatResponse>(std::move(context), "/trebol.v1.ClusterService/Heartbeat",
                                     request);
}

Task<v1::OfferVersionsResponse> GrpcClusterStub::OfferVersions(RequestContextPtr context,
                                                               v1::OfferVersionsRequest request) {
  return Call<v1::OfferVersionsResponse>(std::move(context),
                                         "/trebol.v1.ClusterService/OfferVersions", request);
}

Task<v1::GetClusterMapResponse> GrpcClusterStub::GetClusterMap(RequestContextPtr context,
                                                               v1::GetClusterMapRequest request) {
  return Call<v1::GetClusterMapResponse>(std::move(context),
                                         "/trebol.v1.ClusterService/GetClusterMap", request);
}

Task<v1::ClusterStatus> GrpcClusterStub::GetClusterStatus(RequestContextPtr context) {
  return Call<v1::ClusterStatus>(std::move(context), "/trebol.v1.ClusterService/GetClusterStatus",
                                 v1::GetClusterStatusRequest());
}

}  // namespace trebol
