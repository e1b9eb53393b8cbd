#include "common/stub/grpc_cluster_stub.h"

#include "common/base/limits.h"
#include "common/rpc/unary_call.h"
#include "common/stub/metadata_answer.h"

namespace trebol {
namespace {

// Of a thousand nodes a plan takes seconds.
constexpr absl::Duration kPlanTimeout = absl::Seconds(30);

}  // namespace

template <typename Response, typename Request>
Task<Response> GrpcClusterStub::Call(RequestContextPtr context, const char* method,
                                     const Request& request, absl::Duration timeout) {
  return FromMetadata<Response>(
      endpoint_, UnaryCall<Response>(std::move(context), channels_->Pick(endpoint_), identity_,
                                     method, request, timeout));
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

Task<v1::PlanNodeChangeResponse> GrpcClusterStub::PlanNodeChange(
    RequestContextPtr context, v1::PlanNodeChangeRequest request) {
  return Call<v1::PlanNodeChangeResponse>(
      std::move(context), "/trebol.v1.ClusterService/PlanNodeChange", request, kPlanTimeout);
}

Task<v1::ApplyNodeChangeResponse> GrpcClusterStub::ApplyNodeChange(
    RequestContextPtr context, v1::ApplyNodeChangeRequest request) {
  return Call<v1::ApplyNodeChangeResponse>(
      std::move(context), "/trebol.v1.ClusterService/ApplyNodeChange", request, kPlanTimeout);
}

Task<v1::ListJobsResponse> GrpcClusterStub::ListJobs(RequestContextPtr context) {
  return Call<v1::ListJobsResponse>(std::move(context), "/trebol.v1.ClusterService/ListJobs",
                                    v1::ListJobsRequest());
}

Task<v1::ChangeJobResponse> GrpcClusterStub::ChangeJob(RequestContextPtr context,
                                                       v1::ChangeJobRequest request) {
  // The end of a drain is a change of nodes.
  return Call<v1::ChangeJobResponse>(std::move(context), "/trebol.v1.ClusterService/ChangeJob",
                                     request, kPlanTimeout);
}

}  // namespace trebol
