#include "gateway/grpc/admin_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "gateway/grpc/gated.h"
#include "trebol/v1/admin.grpc.pb.h"

namespace trebol {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

/// Fills `response` with what a task returns.
template <typename Response>
Task<void> Into(Response* response, Task<Response> task) {
  CO_ASSIGN_OR_RETURN(*response, co_await std::move(task));
  co_return absl::OkStatus();
}

Task<void> Failed(absl::Status status) { co_return status; }

// What names an object takes raw messages: a key that is not UTF-8 is told so, where gRPC itself
// would say that the method does not exist.
using AllMethods = v1::AdminService::WithRawCallbackMethod_ExplainObject<
    v1::AdminService::WithCallbackMethod_GetClusterStatus<
        v1::AdminService::WithCallbackMethod_PlanNodeChange<
            v1::AdminService::WithCallbackMethod_ApplyNodeChange<
                v1::AdminService::WithCallbackMethod_ListJobs<
                    v1::AdminService::WithCallbackMethod_ChangeJob<v1::AdminService::Service>>>>>>;

class AdminService final : public AllMethods {
 public:
  AdminService(Runtime& runtime, std::shared_ptr<ClusterStub> cluster,
               std::function<void(v1::ClusterStatus*)> describe,
               std::shared_ptr<trebol::ExplainObject> explain, std::shared_ptr<CallGate> gate)
      : runtime_(runtime),
        cluster_(std::move(cluster)),
        describe_(std::move(describe)),
        explain_(std::move(explain)),
        gate_(std::move(gate)) {}

  ServerUnaryReactor* GetClusterStatus(CallbackServerContext* context,
                                       const v1::GetClusterStatusRequest* request,
                                       v1::ClusterStatus* response) override {
    return Serve(context, "GetClusterStatus", *request, [this, response](RequestContextPtr caller) {
      return Into(response, Status(std::move(caller)));
    });
  }

  ServerUnaryReactor* PlanNodeChange(CallbackServerContext* context,
                                     const v1::PlanNodeChangeRequest* request,
                                     v1::PlanNodeChangeResponse* response) override {
    return Serve(context, "PlanNodeChange", *request,
                 [this, request, response](RequestContextPtr caller) {
                   return Into(response, cluster_->PlanNodeChange(std::move(caller), *request));
                 });
  }

  ServerUnaryReactor* ApplyNodeChange(CallbackServerContext* context,
                                      const v1::ApplyNodeChangeRequest* request,
                                      v1::ApplyNodeChangeResponse* response) override {
    return Serve(context, "ApplyNodeChange", *request,
                 [this, request, response](RequestContextPtr caller) {
                   return Into(response, cluster_->ApplyNodeChange(std::move(caller), *request));
                 });
  }

  ServerUnaryReactor* ListJobs(CallbackServerContext* context, const v1::ListJobsRequest* request,
                               v1::ListJobsResponse* response) override {
    return Serve(context, "ListJobs", *request, [this, response](RequestContextPtr caller) {
      return Into(response, cluster_->ListJobs(std::move(caller)));
    });
  }

  ServerUnaryReactor* ChangeJob(CallbackServerContext* context, const v1::ChangeJobRequest* request,
                                v1::ChangeJobResponse* response) override {
    return Serve(context, "ChangeJob", *request,
                 [this, request, response](RequestContextPtr caller) {
                   return Into(response, cluster_->ChangeJob(std::move(caller), *request));
                 });
  }

  ServerUnaryReactor* ExplainObject(CallbackServerContext* context, const ByteBuffer* raw,
                                    ByteBuffer* response) override {
    v1::ExplainObjectRequest request;
    const absl::Status status = Decode(*raw, &request);
    if (!status.ok()) {
      return ServeTask(context, runtime_, [&](RequestContextPtr) { return Failed(status); });
    }
    return Serve(context, "ExplainObject", request,
                 [this, request, response](RequestContextPtr caller) {
                   return Explain(std::move(caller), request, response);
                 });
  }

 private:
  /// `run` makes the task, and is kept until then.
  template <typename Message, typename Run>
  ServerUnaryReactor* Serve(CallbackServerContext* context, const char* method,
                            const Message& message, Run run) {
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      return Gated(
          gate_, caller, CallClaim::Of(*context, absl::StrCat("/trebol.v1.AdminService/", method)),
          AskedBy(message),
          [run](RequestContextPtr entered, const Caller&) { return run(std::move(entered)); });
    });
  }

  Task<v1::ClusterStatus> Status(RequestContextPtr caller) {
    CO_ASSIGN_OR_RETURN(v1::ClusterStatus status, co_await cluster_->GetClusterStatus(caller));
    describe_(&status);
    co_return status;
  }

  Task<void> Explain(RequestContextPtr caller, v1::ExplainObjectRequest request,
                     ByteBuffer* response) {
    CO_ASSIGN_OR_RETURN(const v1::ExplainObjectResponse answer,
                        co_await explain_->Run(std::move(caller), std::move(request)));
    *response = Encode(answer);
    co_return absl::OkStatus();
  }

  Runtime& runtime_;
  const std::shared_ptr<ClusterStub> cluster_;
  const std::function<void(v1::ClusterStatus*)> describe_;
  const std::shared_ptr<trebol::ExplainObject> explain_;
  const std::shared_ptr<CallGate> gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(Runtime& runtime,
                                                std::shared_ptr<ClusterStub> cluster,
                                                std::function<void(v1::ClusterStatus*)> describe,
                                                std::shared_ptr<ExplainObject> explain,
                                                std::shared_ptr<CallGate> gate) {
  return std::make_unique<AdminService>(runtime, std::move(cluster), std::move(describe),
                                        std::move(explain), std::move(gate));
}

}  // namespace trebol
