#include "gateway/grpc/object_service.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "gateway/grpc/get_stream.h"
#include "gateway/grpc/put_stream.h"
#include "trebol/v1/admin.grpc.pb.h"
#include "trebol/v1/object.grpc.pb.h"

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

template <typename Response>
Task<void> EncodedInto(ByteBuffer* response, Task<Response> task) {
  CO_ASSIGN_OR_RETURN(const Response message, co_await std::move(task));
  *response = Encode(message);
  co_return absl::OkStatus();
}

Task<void> Failed(absl::Status status) { co_return status; }

// All methods take raw messages: what is malformed (a key that is not UTF-8) is told so, where gRPC
// itself would say that the method does not exist.
using Streams = v1::ObjectService::WithRawCallbackMethod_PutObject<
    v1::ObjectService::WithRawCallbackMethod_GetObject<v1::ObjectService::Service>>;
using Names = v1::ObjectService::WithRawCallbackMethod_HeadObject<
    v1::ObjectService::WithRawCallbackMethod_DeleteObject<
        v1::ObjectService::WithRawCallbackMethod_ListObjects<Streams>>>;
using AllMethods = v1::ObjectService::WithRawCallbackMethod_CreateBucket<
    v1::ObjectService::WithRawCallbackMethod_DeleteBucket<
        v1::ObjectService::WithRawCallbackMethod_HeadBucket<
            v1::ObjectService::WithRawCallbackMethod_ListBuckets<Names>>>>;

class ObjectService final : public AllMethods {
 public:
  ObjectService(Runtime& runtime, ObjectOperations operations, absl::Duration client_idle)
      : runtime_(runtime), operations_(std::move(operations)), client_idle_(client_idle) {}

  grpc::ServerReadReactor<ByteBuffer>* PutObject(CallbackServerContext* context,
                                                 ByteBuffer* response) override {
    Request request = Begin("PutObject");
    return ServePut(context, runtime_, request.admission, operations_.put,
                    operations_.stream_memory, response, client_idle_, std::move(request.end));
  }
  grpc::ServerWriteReactor<ByteBuffer>* GetObject(CallbackServerContext* context,
                                                  const ByteBuffer* request) override {
    Request begun = Begin("GetObject");
    return ServeGet(context, runtime_, begun.admission, operations_.get, *request, client_idle_,
                    std::move(begun.end));
  }
  ServerUnaryReactor* HeadObject(CallbackServerContext* context, const ByteBuffer* raw,
                                 ByteBuffer* response) override {
    return Serve<v1::HeadObjectRequest, v1::ObjectInfo>(
        context, "HeadObject", *raw, response,
        [this](RequestContextPtr caller, const auto& request) {
          return operations_.get->Head(caller, request.bucket(), request.key());
        });
  }
  ServerUnaryReactor* DeleteObject(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve<v1::DeleteObjectRequest, v1::DeleteObjectResponse>(
        context, "DeleteObject", *raw, response,
        [this](RequestContextPtr caller, const auto& request) {
          return operations_.remove->Run(caller, request);
        });
  }
  ServerUnaryReactor* ListObjects(CallbackServerContext* context, const ByteBuffer* raw,
                                  ByteBuffer* response) override {
    return Serve<v1::ListObjectsRequest, v1::ListObjectsResponse>(
        context, "ListObjects", *raw, response,
        [this](RequestContextPtr caller, const auto& request) {
          return operations_.list->Run(caller, request);
        });
  }
  ServerUnaryReactor* CreateBucket(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve<v1::CreateBucketRequest, v1::Bucket>(
        context, "CreateBucket", *raw, response,
        [this](RequestContextPtr caller, const auto& request) {
          return operations_.buckets->Create(caller, request);
        });
  }
  ServerUnaryReactor* DeleteBucket(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve<v1::DeleteBucketRequest, v1::DeleteBucketResponse>(
        context, "DeleteBucket", *raw, response,
        [this](RequestContextPtr caller, const auto& request) {
          return operations_.buckets->Delete(caller, request);
        });
  }
  ServerUnaryReactor* HeadBucket(CallbackServerContext* context, const ByteBuffer* raw,
                                 ByteBuffer* response) override {
    return Serve<v1::HeadBucketRequest, v1::Bucket>(
        context, "HeadBucket", *raw, response,
        [this](RequestContextPtr caller, const auto& request) {
          return operations_.buckets->Head(caller, request.bucket());
        });
  }
  ServerUnaryReactor* ListBuckets(CallbackServerContext* context, const ByteBuffer* raw,
                                  ByteBuffer* response) override {
    return Serve<v1::ListBucketsRequest, v1::ListBucketsResponse>(
        context, "ListBuckets", *raw, response,
        [this](RequestContextPtr caller, const auto& request) {
          return operations_.buckets->List(caller);
        });
  }

 private:
  /// `run` makes the task and takes what it needs of the request by value.
  template <typename Message, typename Response, typename Run>
  ServerUnaryReactor* Serve(CallbackServerContext* context, const char* method,
                            const ByteBuffer& raw, ByteBuffer* response, const Run& run) {
    Request request = Begin(method);
    Message message;
    const absl::Status status = request.admission.ok() ? Decode(raw, &message) : request.admission;
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      return Observed(
          std::move(request.end), caller,
          status.ok() ? EncodedInto<Response>(response, run(caller, message)) : Failed(status));
    });
  }

  struct Request {
    absl::Status admission;
    RequestEnd end;  // holds the request's place among those that run
  };
  Request Begin(const char* method) {
    auto place = operations_.requests->TryAcquire(1);
    Request request;
    if (!place.has_value()) {
      request.admission = MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
                                    absl::StrCat("this gateway serves ", kMaxRequestsInFlight,
                                                 " requests already; slow down and try again"));
    }
    auto held = std::make_shared<std::optional<Semaphore::Permit>>(std::move(place));
    request.end = [this, method, held, began = SystemClock().Now()](const RequestContext& context,
                                                                    const absl::Status& status) {
      operations_.observer(method, context, SystemClock().Now() - began, status);
      held->reset();
    };
    return request;
  }

  static Task<void> Observed(RequestEnd end, RequestContextPtr context, Task<void> task) {
    const absl::Status status = co_await std::move(task);
    end(*context, status);
    co_return status;
  }

  Runtime& runtime_;
  const ObjectOperations operations_;
  const absl::Duration client_idle_;
};

class AdminService final : public v1::AdminService::CallbackService {
 public:
  AdminService(Runtime& runtime, std::shared_ptr<ClusterStub> cluster)
      : runtime_(runtime), cluster_(std::move(cluster)) {}

  ServerUnaryReactor* GetClusterStatus(CallbackServerContext* context,
                                       const v1::GetClusterStatusRequest*,
                                       v1::ClusterStatus* response) override {
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      return Into(response, cluster_->GetClusterStatus(caller));
    });
  }

 private:
  Runtime& runtime_;
  const std::shared_ptr<ClusterStub> cluster_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeObjectService(Runtime& runtime, ObjectOperations operations,
                                                 absl::Duration client_idle) {
  return std::make_unique<ObjectService>(runtime, std::move(operations), client_idle);
}

std::unique_ptr<grpc::Service> MakeAdminService(Runtime& runtime,
                                                std::shared_ptr<ClusterStub> cluster) {
  return std::make_unique<AdminService>(runtime, std::move(cluster));
}

}  // namespace trebol
