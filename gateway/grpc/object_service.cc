#include "gateway/grpc/object_service.h"

#include <utility>

#include "common/base/clock.h"
#include "common/base/status_macros.h"
#include "common/rpc/serve.h"
#include "gateway/grpc/get_stream.h"
#include "gateway/grpc/put_stream.h"
#include "trebol/v1/admin.grpc.pb.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

/// Fills `response` with what a task returns.
template <typename Response>
Task<void> Into(Response* response, Task<Response> task) {
  CO_ASSIGN_OR_RETURN(*response, co_await std::move(task));
  co_return absl::OkStatus();
}

using Streams = v1::ObjectService::WithRawCallbackMethod_PutObject<
    v1::ObjectService::WithRawCallbackMethod_GetObject<v1::ObjectService::Service>>;
using Names = v1::ObjectService::WithCallbackMethod_HeadObject<
    v1::ObjectService::WithCallbackMethod_DeleteObject<
        v1::ObjectService::WithCallbackMethod_ListObjects<Streams>>>;
using AllMethods = v1::ObjectService::WithCallbackMethod_CreateBucket<
    v1::ObjectService::WithCallbackMethod_DeleteBucket<
        v1::ObjectService::WithCallbackMethod_HeadBucket<
            v1::ObjectService::WithCallbackMethod_ListBuckets<Names>>>>;

class ObjectService final : public AllMethods {
 public:
  ObjectService(Runtime& runtime, ObjectOperations operations, absl::Duration client_idle)
      : runtime_(runtime), operations_(std::move(operations)), client_idle_(client_idle) {}

  grpc::ServerReadReactor<grpc::ByteBuffer>* PutObject(CallbackServerContext* context,
                                                       grpc::ByteBuffer* response) override {
    return ServePut(context, runtime_, operations_.put, response, client_idle_, Ends("PutObject"));
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>* GetObject(CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request) override {
    return ServeGet(context, runtime_, operations_.get, *request, client_idle_, Ends("GetObject"));
  }
  ServerUnaryReactor* HeadObject(CallbackServerContext* context,
                                 const v1::HeadObjectRequest* request,
                                 v1::ObjectInfo* response) override {
    return Serve(context, "HeadObject", [&](RequestContextPtr caller) {
      return Into(response, operations_.get->Head(caller, request->bucket(), request->key()));
    });
  }
  ServerUnaryReactor* DeleteObject(CallbackServerContext* context,
                                   const v1::DeleteObjectRequest* request,
                                   v1::DeleteObjectResponse* response) override {
    return Serve(context, "DeleteObject", [&](RequestContextPtr caller) {
      return Into(response, operations_.remove->Run(caller, *request));
    });
  }
  ServerUnaryReactor* ListObjects(CallbackServerContext* context,
                                  const v1::ListObjectsRequest* request,
                                  v1::ListObjectsResponse* response) override {
    return Serve(context, "ListObjects", [&](RequestContextPtr caller) {
      return Into(response, operations_.list->Run(caller, *request));
    });
  }
  ServerUnaryReactor* CreateBucket(CallbackServerContext* context,
                                   const v1::CreateBucketRequest* request,
                                   v1::Bucket* response) override {
    return Serve(context, "CreateBucket", [&](RequestContextPtr caller) {
      return Into(response, operations_.buckets->Create(caller, *request));
    });
  }
  ServerUnaryReactor* DeleteBucket(CallbackServerContext* context,
                                   const v1::DeleteBucketRequest* request,
                                   v1::DeleteBucketResponse* response) override {
    return Serve(context, "DeleteBucket", [&](RequestContextPtr caller) {
      return Into(response, operations_.buckets->Delete(caller, *request));
    });
  }
  ServerUnaryReactor* HeadBucket(CallbackServerContext* context,
                                 const v1::HeadBucketRequest* request,
                                 v1::Bucket* response) override {
    return Serve(context, "HeadBucket", [&](RequestContextPtr caller) {
      return Into(response, operations_.buckets->Head(caller, request->bucket()));
    });
  }
  ServerUnaryReactor* ListBuckets(CallbackServerContext* context, const v1::ListBucketsRequest*,
                                  v1::ListBucketsResponse* response) override {
    return Serve(context, "ListBuckets", [&](RequestContextPtr caller) {
      return Into(response, operations_.buckets->List(caller));
    });
  }

 private:
  ServerUnaryReactor* Serve(CallbackServerContext* context, const char* method,
                            const std::function<Task<void>(RequestContextPtr)>& make_task) {
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      return Observed(Ends(method), caller, make_task(caller));
    });
  }

  /// What is called at the end of a request that begins now.
  RequestEnd Ends(const char* method) {
    return [this, method, began = SystemClock().Now()](const RequestContext& context,
                                                       const absl::Status& status) {
      operations_.observer(method, context, SystemClock().Now() - began, status);
    };
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
