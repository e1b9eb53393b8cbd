#pragma once

#include <functional>
#include <utility>

#include "common/base/mutex.h"
#include "common/stub/cluster_stub.h"

namespace trebol {

/// Hands out the cluster map that it was given. Thread-safe.
class FakeClusterStub final : public ClusterStub {
 public:
  void set_map(v1::ClusterMap map) {
    MutexLock lock(&mutex_);
    map_ = std::move(map);
  }
  void set_failure(absl::Status failure) {
    MutexLock lock(&mutex_);
    failure_ = std::move(failure);
  }
  int map_calls() {
    MutexLock lock(&mutex_);
    return map_calls_;
  }

  /// What is said to an offer of versions. Set while no call runs.
  std::function<absl::StatusOr<v1::OfferVersionsResponse>(const v1::OfferVersionsRequest&)>
      on_offer;

  Task<v1::RegisterNodeResponse> RegisterNode(RequestContextPtr, v1::RegisterNodeRequest) override {
    co_return absl::UnimplementedError("no gateway asks this");
  }
  Task<v1::HeartbeatResponse> Heartbeat(RequestContextPtr, v1::HeartbeatRequest) override {
    co_return absl::UnimplementedError("no gateway asks this");
  }
  Task<v1::OfferVersionsResponse> OfferVersions(RequestContextPtr,
                                                v1::OfferVersionsRequest request) override {
    if (on_offer == nullptr) co_return absl::UnimplementedError("no gateway asks this");
    co_return on_offer(request);
  }
  Task<v1::GetClusterMapResponse> GetClusterMap(RequestContextPtr,
                                                v1::GetClusterMapRequest request) override {
    MutexLock lock(&mutex_);
    ++map_calls_;
    if (!failure_.ok()) co_return failure_;
    v1::GetClusterMapResponse response;
    response.set_epoch(map_.epoch());
    if (map_.epoch() > request.known_epoch()) *response.mutable_map() = map_;
    co_return response;
  }
  Task<v1::ClusterStatus> GetClusterStatus(RequestContextPtr) override {
    co_return v1::ClusterStatus();
  }
  Task<v1::PlanNodeChangeResponse> PlanNodeChange(RequestContextPtr,
                                                  v1::PlanNodeChangeRequest) override {
    co_return absl::UnimplementedError("the fake plans nothing");
  }
  Task<v1::ApplyNodeChangeResponse> ApplyNodeChange(RequestContextPtr,
                                                    v1::ApplyNodeChangeRequest) override {
    co_return absl::UnimplementedError("the fake plans nothing");
  }
  Task<v1::ListJobsResponse> ListJobs(RequestContextPtr) override {
    co_return v1::ListJobsResponse();
  }
  Task<v1::ChangeJobResponse> ChangeJob(RequestContextPtr, v1::ChangeJobRequest) override {
    co_return absl::UnimplementedError("the fake has no jobs");
  }

 private:
  Mutex mutex_;
  v1::ClusterMap map_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  int map_calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace trebol
