#pragma once

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Membership and the cluster map, as cluster.proto describes them. Thread-safe.
class ClusterStub {
 public:
  virtual ~ClusterStub() = default;

  virtual Task<v1::RegisterNodeResponse> RegisterNode(RequestContextPtr context,
                                                      v1::RegisterNodeRequest request) = 0;
  virtual Task<v1::HeartbeatResponse> Heartbeat(RequestContextPtr context,
                                                v1::HeartbeatRequest request) = 0;
  virtual Task<v1::OfferVersionsResponse> OfferVersions(RequestContextPtr context,
                                                        v1::OfferVersionsRequest request) = 0;
  virtual Task<v1::GetClusterMapResponse> GetClusterMap(RequestContextPtr context,
                                                        v1::GetClusterMapRequest request) = 0;
  virtual Task<v1::ClusterStatus> GetClusterStatus(RequestContextPtr context) = 0;
  virtual Task<v1::PlanNodeChangeResponse> PlanNodeChange(RequestContextPtr context,
                                                          v1::PlanNodeChangeRequest request) = 0;
  virtual Task<v1::ApplyNodeChangeResponse> ApplyNodeChange(RequestContextPtr context,
                                                            v1::ApplyNodeChangeRequest request) = 0;
  virtual Task<v1::ListJobsResponse> ListJobs(RequestContextPtr context) = 0;
  virtual Task<v1::ChangeJobResponse> ChangeJob(RequestContextPtr context,
                                                v1::ChangeJobRequest request) = 0;
};

}  // namespace trebol
