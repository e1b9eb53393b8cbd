#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/base/limits.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/stub/cluster_stub.h"

namespace trebol {

/// ClusterStub over gRPC to one metadata process. Thread-safe.
class GrpcClusterStub final : public ClusterStub {
 public:
  GrpcClusterStub(std::shared_ptr<Channels> channels, std::shared_ptr<const Identity> identity,
                  std::string endpoint)
      : channels_(std::move(channels)),
        identity_(std::move(identity)),
        endpoint_(std::move(endpoint)) {}

  Task<v1::RegisterNodeResponse> RegisterNode(RequestContextPtr context,
                                              v1::RegisterNodeRequest request) override;
  Task<v1::HeartbeatResponse> Heartbeat(RequestContextPtr context,
                                        v1::HeartbeatRequest request) override;
  Task<v1::OfferVersionsResponse> OfferVersions(RequestContextPtr context,
                                                v1::OfferVersionsRequest request) override;
  Task<v1::GetClusterMapResponse> GetClusterMap(RequestContextPtr context,
                                                v1::GetClusterMapRequest request) override;
  Task<v1::ClusterStatus> GetClusterStatus(RequestContextPtr context) override;
  Task<v1::PlanNodeChangeResponse> PlanNodeChange(RequestContextPtr context,
                                                  v1::PlanNodeChangeRequest request) override;
  Task<v1::ApplyNodeChangeResponse> ApplyNodeChange(RequestContextPtr context,
                                                    v1::ApplyNodeChangeRequest request) override;
  Task<v1::ListJobsResponse> ListJobs(RequestContextPtr context) override;
  Task<v1::ChangeJobResponse> ChangeJob(RequestContextPtr context,
                                        v1::ChangeJobRequest request) override;

 private:
  template <typename Response, typename Request>
  Task<Response> Call(RequestContextPtr context, const char* method, const Request& request,
                      absl::Duration timeout = kMetadataCallTimeout);

  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<const Identity> identity_;
  const std::string endpoint_;
};

}  // namespace trebol
