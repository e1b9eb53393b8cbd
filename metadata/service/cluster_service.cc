#include <utility>

#include "common/base/status_macros.h"
#include "metadata/service/metadata_service.h"
#include "trebol/v1/cluster.grpc.pb.h"

namespace trebol {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using Newcomers = Identity::Newcomers;

class ClusterService final : public v1::ClusterService::CallbackService {
 public:
  ClusterService(InternalDoor door, ClusterController& controller)
      : door_(std::move(door)), controller_(controller) {}

  ServerUnaryReactor* RegisterNode(CallbackServerContext* context,
                                   const v1::RegisterNodeRequest* request,
                                   v1::RegisterNodeResponse* response) override {
    // A node learns its cluster by joining it.
    return door_.Serve(
        context,
        [this, request, response](const RequestContextPtr&) {
          ASSIGN_OR_RETURN(*response, controller_.RegisterNode(*request));
          return absl::OkStatus();
        },
        Newcomers::kAdmitted);
  }

  ServerUnaryReactor* Heartbeat(CallbackServerContext* context, const v1::HeartbeatRequest* request,
                                v1::HeartbeatResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, controller_.Heartbeat(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* OfferVersions(CallbackServerContext* context,
                                    const v1::OfferVersionsRequest* request,
                                    v1::OfferVersionsResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, controller_.OfferVersions(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* GetClusterMap(CallbackServerContext* context,
                                    const v1::GetClusterMapRequest* request,
                                    v1::GetClusterMapResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, controller_.GetClusterMap(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* GetClusterStatus(CallbackServerContext* context,
                                       const v1::GetClusterStatusRequest*,
                                       v1::ClusterStatus* response) override {
    // Also for a gateway whose session waits for the cluster: it must be able to say why.
    return door_.Serve(
        context,
        [this, response](const RequestContextPtr&) {
          ASSIGN_OR_RETURN(*response, controller_.GetClusterStatus());
          return absl::OkStatus();
        },
        Newcomers::kAdmitted);
  }

  ServerUnaryReactor* PlanNodeChange(CallbackServerContext* context,
                                     const v1::PlanNodeChangeRequest* request,
                                     v1::PlanNodeChangeResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, controller_.PlanNodeChange(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ApplyNodeChange(CallbackServerContext* context,
                                      const v1::ApplyNodeChangeRequest* request,
                                      v1::ApplyNodeChangeResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, controller_.ApplyNodeChange(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ListJobs(CallbackServerContext* context, const v1::ListJobsRequest*,
                               v1::ListJobsResponse* response) override {
    return door_.Serve(context, [this, response](const RequestContextPtr&) {
      *response = controller_.ListJobs();
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ChangeJob(CallbackServerContext* context, const v1::ChangeJobRequest* request,
                                v1::ChangeJobResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, controller_.ChangeJob(*request));
      return absl::OkStatus();
    });
  }

 private:
  const InternalDoor door_;
  ClusterController& controller_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeClusterService(InternalDoor door,
                                                  ClusterController& controller) {
  return std::make_unique<ClusterService>(std::move(door), controller);
}

}  // namespace trebol
