#include "gateway/grpc/object_service.h"

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "gateway/grpc/gated.h"
#include "gateway/grpc/get_stream.h"
#include "gateway/grpc/put_stream.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

/// A message, or Bytes that are one already.
template <typename Response>
Task<void> EncodedInto(ByteBuffer* response, Task<Response> task) {
  CO_ASSIGN_OR_RETURN(const Response answer, co_await std::move(task));
  if constexpr (std::is_same_v<Response, Bytes>) {
    *response = ToByteBuffer(answer);
  } else {
    *response = Encode(answer);
  }
  co_return absl::OkStatus();
}

Task<void> Failed(absl::Status status) { co_return status; }

// All methods take raw messages: what is malformed (a key that is not UTF-8) is told so, where gRPC
// itself would say that the method does not exist.
using BucketMethods = v1::ObjectService::WithRawCallbackMethod_SetBucketTags<
    v1::ObjectService::WithRawCallbackMethod_SetBucketVersioning<
        v1::ObjectService::WithRawCallbackMethod_ListBuckets<
            v1::ObjectService::WithRawCallbackMethod_HeadBucket<
                v1::ObjectService::WithRawCallbackMethod_DeleteBucket<
                    v1::ObjectService::WithRawCallbackMethod_CreateBucket<
                        v1::ObjectService::Service>>>>>>;
using StreamMethods = v1::ObjectService::WithRawCallbackMethod_UploadPart<
    v1::ObjectService::WithRawCallbackMethod_GetObject<
        v1::ObjectService::WithRawCallbackMethod_PutObject<BucketMethods>>>;
using ObjectMethods = v1::ObjectService::WithRawCallbackMethod_ListObjectVersions<
    v1::ObjectService::WithRawCallbackMethod_ListObjects<
        v1::ObjectService::WithRawCallbackMethod_CopyObject<
            v1::ObjectService::WithRawCallbackMethod_DeleteObjects<
                v1::ObjectService::WithRawCallbackMethod_DeleteObject<
                    v1::ObjectService::WithRawCallbackMethod_SetObjectTags<
                        v1::ObjectService::WithRawCallbackMethod_HeadObject<StreamMethods>>>>>>>;
using AllMethods = v1::ObjectService::WithRawCallbackMethod_AbortMultipartUpload<
    v1::ObjectService::WithRawCallbackMethod_CompleteMultipartUpload<
        v1::ObjectService::WithRawCallbackMethod_ListMultipartUploads<
            v1::ObjectService::WithRawCallbackMethod_ListParts<
                v1::ObjectService::WithRawCallbackMethod_CreateMultipartUpload<ObjectMethods>>>>>;

class ObjectService final : public AllMethods {
 public:
  ObjectService(Runtime& runtime, ObjectOperations operations, std::shared_ptr<CallGate> gate,
                absl::Duration client_idle)
      : runtime_(runtime),
        operations_(std::move(operations)),
        gate_(std::move(gate)),
        idle_(client_idle) {}

  UploadReactor* PutObject(CallbackServerContext* context, ByteBuffer* response) override {
    return ServePut(Upload("PutObject", context, response), operations_.put);
  }
  UploadReactor* UploadPart(CallbackServerContext* context, ByteBuffer* response) override {
    return ServePart(Upload("UploadPart", context, response), operations_.part);
  }
  grpc::ServerWriteReactor<ByteBuffer>* GetObject(CallbackServerContext* context,
                                                  const ByteBuffer* request) override {
    Admission::Request begun = operations_.admission->Begin("GetObject");
    return ServeGet(context, runtime_, begun.status,
                    Entrance(gate_, ClaimOf(*context, "GetObject")), operations_.get, *request,
                    idle_, std::move(begun.end));
  }
  ServerUnaryReactor* CreateBucket(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve<v1::CreateBucketRequest, v1::Bucket>(
        context, "CreateBucket", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller& who) {
          return operations_.buckets->Create(caller, request, who.user);
        });
  }
  ServerUnaryReactor* DeleteBucket(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve<v1::DeleteBucketRequest, v1::DeleteBucketResponse>(
        context, "DeleteBucket", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.buckets->Delete(caller, request);
        });
  }
  ServerUnaryReactor* HeadBucket(CallbackServerContext* context, const ByteBuffer* raw,
                                 ByteBuffer* response) override {
    return Serve<v1::HeadBucketRequest, v1::Bucket>(
        context, "HeadBucket", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller& who) {
          return operations_.buckets->HeadFor(caller, request, who);
        });
  }
  ServerUnaryReactor* ListBuckets(CallbackServerContext* context, const ByteBuffer* raw,
                                  ByteBuffer* response) override {
    return Serve<v1::ListBucketsRequest, v1::ListBucketsResponse>(
        context, "ListBuckets", *raw, response,
        [this](RequestContextPtr caller, const auto&, const Caller& who) {
          return operations_.buckets->ListFor(caller, who);
        });
  }
  ServerUnaryReactor* SetBucketVersioning(CallbackServerContext* context, const ByteBuffer* raw,
                                          ByteBuffer* response) override {
    return Serve<v1::SetBucketVersioningRequest, v1::Bucket>(
        context, "SetBucketVersioning", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.buckets->SetVersioning(caller, request);
        });
  }
  ServerUnaryReactor* SetBucketTags(CallbackServerContext* context, const ByteBuffer* raw,
                                    ByteBuffer* response) override {
    return Serve<v1::SetBucketTagsRequest, v1::Bucket>(
        context, "SetBucketTags", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.buckets->SetTags(caller, request);
        });
  }
  ServerUnaryReactor* HeadObject(CallbackServerContext* context, const ByteBuffer* raw,
                                 ByteBuffer* response) override {
    return Serve<v1::HeadObjectRequest, v1::ObjectInfo>(
        context, "HeadObject", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.get->Head(caller, request);
        });
  }
  ServerUnaryReactor* SetObjectTags(CallbackServerContext* context, const ByteBuffer* raw,
                                    ByteBuffer* response) override {
    return Serve<v1::SetObjectTagsRequest, v1::ObjectInfo>(
        context, "SetObjectTags", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.tags->Run(caller, request);
        });
  }
  ServerUnaryReactor* DeleteObject(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve<v1::DeleteObjectRequest, v1::DeleteObjectResponse>(
        context, "DeleteObject", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.remove->Run(caller, request);
        });
  }
  ServerUnaryReactor* DeleteObjects(CallbackServerContext* context, const ByteBuffer* raw,
                                    ByteBuffer* response) override {
    return Serve<v1::DeleteObjectsRequest, v1::DeleteObjectsResponse>(
        context, "DeleteObjects", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.remove->RunMany(caller, request);
        });
  }
  ServerUnaryReactor* CopyObject(CallbackServerContext* context, const ByteBuffer* raw,
                                 ByteBuffer* response) override {
    return Serve<v1::CopyObjectRequest, v1::CopyObjectResponse>(
        context, "CopyObject", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.copy->Run(caller, request);
        });
  }
  ServerUnaryReactor* ListObjects(CallbackServerContext* context, const ByteBuffer* raw,
                                  ByteBuffer* response) override {
    return Serve<v1::ListObjectsRequest, Bytes>(
        context, "ListObjects", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.list->Run(caller, request);
        });
  }
  ServerUnaryReactor* ListObjectVersions(CallbackServerContext* context, const ByteBuffer* raw,
                                         ByteBuffer* response) override {
    return Serve<v1::ListObjectVersionsRequest, v1::ListObjectVersionsResponse>(
        context, "ListObjectVersions", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.versions->Run(caller, request);
        });
  }
  ServerUnaryReactor* CreateMultipartUpload(CallbackServerContext* context, const ByteBuffer* raw,
                                            ByteBuffer* response) override {
    return Serve<v1::CreateMultipartUploadRequest, v1::MultipartUpload>(
        context, "CreateMultipartUpload", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller& who) {
          return operations_.multipart->Create(caller, request, who.user);
        });
  }
  ServerUnaryReactor* ListParts(CallbackServerContext* context, const ByteBuffer* raw,
                                ByteBuffer* response) override {
    return Serve<v1::ListPartsRequest, v1::ListPartsResponse>(
        context, "ListParts", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.uploads->Parts(caller, request);
        });
  }
  ServerUnaryReactor* ListMultipartUploads(CallbackServerContext* context, const ByteBuffer* raw,
                                           ByteBuffer* response) override {
    return Serve<v1::ListMultipartUploadsRequest, v1::ListMultipartUploadsResponse>(
        context, "ListMultipartUploads", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.uploads->Run(caller, request);
        });
  }
  ServerUnaryReactor* CompleteMultipartUpload(CallbackServerContext* context, const ByteBuffer* raw,
                                              ByteBuffer* response) override {
    return Serve<v1::CompleteMultipartUploadRequest, v1::ObjectInfo>(
        context, "CompleteMultipartUpload", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.multipart->Complete(caller, request);
        });
  }
  ServerUnaryReactor* AbortMultipartUpload(CallbackServerContext* context, const ByteBuffer* raw,
                                           ByteBuffer* response) override {
    return Serve<v1::AbortMultipartUploadRequest, v1::AbortMultipartUploadResponse>(
        context, "AbortMultipartUpload", *raw, response,
        [this](RequestContextPtr caller, const auto& request, const Caller&) {
          return operations_.multipart->Abort(caller, request);
        });
  }

 private:
  /// `run` makes the task and takes what it needs of the request by value.
  template <typename Message, typename Response, typename Run>
  ServerUnaryReactor* Serve(CallbackServerContext* context, const char* method,
                            const ByteBuffer& raw, ByteBuffer* response, const Run& run) {
    Admission::Request request = operations_.admission->Begin(method);
    Message message;
    const absl::Status status = request.status.ok() ? Decode(raw, &message) : request.status;
    // Parts of the message are kept in rows, where nothing would limit what we do not know.
    message.DiscardUnknownFields();
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      if (!status.ok()) return Observed(std::move(request.end), caller, Failed(status));
      auto enter = [run, message, response](RequestContextPtr entered, const Caller& who) {
        return EncodedInto<Response>(response, run(std::move(entered), message, who));
      };
      return Observed(
          std::move(request.end), caller,
          Gated(gate_, caller, ClaimOf(*context, method), AskedBy(message), std::move(enter)));
    });
  }

  UploadCall Upload(const char* method, CallbackServerContext* context, ByteBuffer* response) {
    Admission::Request request = operations_.admission->Begin(method);
    return {.context = context,
            .runtime = runtime_,
            .admission = std::move(request.status),
            .enter = Entrance(gate_, ClaimOf(*context, method)),
            .memory = operations_.stream_memory,
            .response = response,
            .idle = idle_,
            .end = std::move(request.end),
            .turnaround = operations_.admission->turnaround()};
  }

  static CallClaim ClaimOf(const CallbackServerContext& context, absl::string_view method) {
    return CallClaim::Of(context, absl::StrCat("/trebol.v1.ObjectService/", method));
  }

  static Task<void> Observed(RequestEnd end, RequestContextPtr context, Task<void> task) {
    const absl::Status status = co_await std::move(task);
    end(*context, status);
    co_return status;
  }

  Runtime& runtime_;
  const ObjectOperations operations_;
  const std::shared_ptr<CallGate> gate_;
  IdleWatch idle_;
};

using AllSessionMethods = v1::SessionService::WithRawCallbackMethod_CloseSession<
    v1::SessionService::WithRawCallbackMethod_RenewSession<
        v1::SessionService::WithRawCallbackMethod_OpenSession<v1::SessionService::Service>>>;

class SessionService final : public AllSessionMethods {
 public:
  SessionService(Runtime& runtime, std::shared_ptr<ClientSessions> sessions,
                 std::shared_ptr<CallGate> gate)
      : runtime_(runtime), sessions_(std::move(sessions)), gate_(std::move(gate)) {}

  ServerUnaryReactor* OpenSession(CallbackServerContext* context, const ByteBuffer* raw,
                                  ByteBuffer* response) override {
    return Serve(context, "OpenSession", *raw, response, &ClientSessions::Open);
  }
  ServerUnaryReactor* RenewSession(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve(context, "RenewSession", *raw, response, &ClientSessions::Renew);
  }
  ServerUnaryReactor* CloseSession(CallbackServerContext* context, const ByteBuffer* raw,
                                   ByteBuffer* response) override {
    return Serve(context, "CloseSession", *raw, response, &ClientSessions::Close);
  }

 private:
  template <typename Message, typename Response>
  ServerUnaryReactor* Serve(CallbackServerContext* context, const char* method,
                            const ByteBuffer& raw, ByteBuffer* response,
                            boost::asio::awaitable<absl::StatusOr<Response>> (ClientSessions::*run)(
                                RequestContextPtr, Message)) {
    Message message;
    const absl::Status status = Decode(raw, &message);
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      if (!status.ok()) return Failed(status);
      auto enter = [sessions = sessions_, run, message, response](RequestContextPtr entered,
                                                                  const Caller&) {
        return EncodedInto<Response>(response, (*sessions.*run)(std::move(entered), message));
      };
      return Gated(gate_, caller,
                   CallClaim::Of(*context, absl::StrCat("/trebol.v1.SessionService/", method)), {},
                   std::move(enter));
    });
  }

  Runtime& runtime_;
  const std::shared_ptr<ClientSessions> sessions_;
  const std::shared_ptr<CallGate> gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeObjectService(Runtime& runtime, ObjectOperations operations,
                                                 std::shared_ptr<CallGate> gate,
                                                 absl::Duration client_idle) {
  return std::make_unique<ObjectService>(runtime, std::move(operations), std::move(gate),
                                         client_idle);
}

std::unique_ptr<grpc::Service> MakeSessionService(Runtime& runtime,
                                                  std::shared_ptr<ClientSessions> sessions,
                                                  std::shared_ptr<CallGate> gate) {
  return std::make_unique<SessionService>(runtime, std::move(sessions), std::move(gate));
}

}  // namespace trebol
