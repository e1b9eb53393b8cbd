#include "gateway/grpc/access_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "gateway/grpc/gated.h"
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
                std::shared_ptr<Buckets> buckets, std::shared_ptr<CallGate> gate)
      : runtime_(runtime),
        keys_(std::move(keys)),
        buckets_(std::move(buckets)),
        gate_(std::move(gate)) {}

  ServerUnaryReactor* CreateAccessKey(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, "CreateAccessKey", *raw, response, keys_, &AccessKeys::Create);
  }
  ServerUnaryReactor* ImportAccessKey(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, "ImportAccessKey", *raw, response, keys_, &AccessKeys::Import);
  }
  ServerUnaryReactor* ListAccessKeys(CallbackServerContext* context, const ByteBuffer* raw,
                                     ByteBuffer* response) override {
    return Serve(context, "ListAccessKeys", *raw, response, keys_, &AccessKeys::List);
  }
  ServerUnaryReactor* DeleteAccessKey(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, "DeleteAccessKey", *raw, response, keys_, &AccessKeys::Delete);
  }
  ServerUnaryReactor* GetBucketAccess(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, "GetBucketAccess", *raw, response, buckets_, &Buckets::Access);
  }
  ServerUnaryReactor* SetBucketAccess(CallbackServerContext* context, const ByteBuffer* raw,
                                      ByteBuffer* response) override {
    return Serve(context, "SetBucketAccess", *raw, response, buckets_, &Buckets::SetAccess);
  }
  ServerUnaryReactor* SetBucketQuota(CallbackServerContext* context, const ByteBuffer* raw,
                                     ByteBuffer* response) override {
    return Serve(context, "SetBucketQuota", *raw, response, buckets_, &Buckets::SetQuota);
  }

 private:
  template <typename Operations, typename Message, typename Response>
  ServerUnaryReactor* Serve(CallbackServerContext* context, const char* method,
                            const ByteBuffer& raw, ByteBuffer* response,
                            std::shared_ptr<Operations> operations,
                            boost::asio::awaitable<absl::StatusOr<Response>> (Operations::*run)(
                                RequestContextPtr, Message)) {
    Message message;
    const absl::Status status = Decode(raw, &message);
    return ServeTask(context, runtime_, [&](RequestContextPtr caller) {
      if (!status.ok()) return Failed(status);
      auto enter = [operations, run, message, response](RequestContextPtr entered, const Caller&) {
        return EncodedInto<Response>(response, ((*operations).*run)(std::move(entered), message));
      };
      return Gated(gate_, caller,
                   CallClaim::Of(*context, absl::StrCat("/trebol.v1.AccessService/", method)),
                   AskedBy(message), std::move(enter));
    });
  }

  Runtime& runtime_;
  const std::shared_ptr<AccessKeys> keys_;
  const std::shared_ptr<Buckets> buckets_;
  const std::shared_ptr<CallGate> gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccessService(Runtime& runtime, std::shared_ptr<AccessKeys> keys,
                                                 std::shared_ptr<Buckets> buckets,
                                                 std::shared_ptr<CallGate> gate) {
  return std::make_unique<AccessService>(runtime, std::move(keys), std::move(buckets),
                                         std::move(gate));
}

}  // namespace trebol
