#include "gateway/grpc/access_service.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "trebol/v1/access.grpc.pb.h"

namespace trebol {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

template <typename Response>
Task<void> EncodedInto(ByteBuffer* response, Task<Response> task) {
  CO_ASSIGN_OR_RETURN(const Response answer, co_await std::move(task));
  *response = Encode(answer);
  co_return absl::OkStatus();
}

Task<void> Failed(absl::Status status) { co_return status; }

// All methods take raw messages: a name that is not UTF-8 is told so, where gRPC itself would say
// that the method does not exist.
using KeyMethods = v1::AccessService::WithRawCallbackMethod_CreateAccessKey<
    v1::AccessService::WithRawCallbackMethod_ImportAccessKey<
        v1::AccessService::WithRawCallbackMethod_ListAccessKeys<
            v1::AccessService::WithRawCallbackMethod_DeleteAccessKey<v1::AccessService::Service>>>>;
using AllMethods = v1::AccessService::WithRawCallbackMethod_GetBucketAccess<
    v1::AccessService::WithRawCallbackMethod_SetBucketAccess<
        v1::AccessService::WithRawCallbackMethod_SetBucketQuota<KeyMethods>>>;

class AccessService final : public AllMethods {
 public:
  AccessService(Runtime& runtime, std::shared_ptr<AccessKeys> keys,
                std::shared_ptr<Buckets> buckets)
      : runtime_(runtime), keys_(std::move(keys)), buckets_(std::move(buckets)) {}

  ServerUnaryReactor* CreateAccessKey(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, *raw, response, *keys_, &AccessKeys::Create);
  }
  ServerUnaryReactor* ImportAccessKey(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, *raw, response, *keys_, &AccessKeys::Import);
  }
  ServerUnaryReactor* ListAccessKeys(CallbackServerContext* context, const ByteBuffer* raw,
                                     ByteBuffer* response) override {
    return Serve(context, *raw, response, *keys_, &AccessKeys::List);
  }
  ServerUnaryReactor* DeleteAccessKey(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, *raw, response, *keys_, &AccessKeys::Delete);
  }
  ServerUnaryReactor* GetBucketAccess(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, *raw, response, *buckets_, &Buckets::Access);
  }
  ServerUnaryReactor* SetBucketAccess(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, *raw, response, *buckets_, &Buckets::SetAccess);
  }
  ServerUnaryReactor* SetBucketQuota(CallbackServerContext* context, const ByteBuffer* raw,
                                     ByteBuffer* response) override {
    return Serve(context, *raw, response, *buckets_, &Buckets::SetQuota);
  }

 private:
  template <typename Operations, typename Message, typename Response>
  ServerUnaryReactor* Serve(CallbackServerContext* context, const ByteBuffer& raw,
                            ByteBuffer* response, Operations& operations,
                            boost::asio::awaitable<absl::StatusOr<Response>> (Operations::*run)(
                                RequestContextPtr, Message)) {
    Message message;
    const absl::Status status = Decode(raw, &message);
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      return status.ok() ? EncodedInto<Response>(response, (operations.*run)(caller, message))
                         : Failed(status);
    });
  }

  Runtime& runtime_;
  const std::shared_ptr<AccessKeys> keys_;
  const std::shared_ptr<Buckets> buckets_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccessService(Runtime& runtime, std::shared_ptr<AccessKeys> keys,
                                                 std::shared_ptr<Buckets> buckets) {
  return std::make_unique<AccessService>(runtime, std::move(keys), std::move(buckets));
}

}  // namespace trebol
