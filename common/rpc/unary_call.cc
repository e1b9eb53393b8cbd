#include "common/rpc/unary_call.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <chrono>

#include "common/async/run_scope.h"
#include "common/base/clock.h"
#include "common/rpc/status_conversion.h"

namespace trebol {
namespace {

struct Call {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

}  // namespace

Task<grpc::ByteBuffer> UnaryCall(RequestContextPtr context, std::shared_ptr<grpc::Channel> channel,
                                 std::shared_ptr<const Identity> identity, const char* method,
                                 grpc::ByteBuffer request, absl::Duration timeout) {
  const absl::Duration left = context->deadline - SystemClock().Now();
  if (left <= absl::ZeroDuration()) {
    co_return absl::DeadlineExceededError("the request's deadline passed before the call");
  }
  auto call = std::make_shared<Call>();
  call->context.set_deadline(std::chrono::system_clock::now() +
                             absl::ToChronoMicroseconds(std::min(left, timeout)));
  if (!context->trace_parent.empty()) {
    call->context.AddMetadata("traceparent", context->trace_parent);
  }
  identity->Stamp(&call->context);
  call->request = std::move(request);
  Cancellation::Registration registration(context->cancellation,
                                          [call] { call->context.TryCancel(); });
  const grpc::Status status = co_await SuspendUntil<grpc::Status>(
      [call, channel, method](std::function<void(grpc::Status)> resume) {
        grpc::GenericStub stub(channel);
        stub.UnaryCall(&call->context, method, grpc::StubOptions(), &call->request, &call->response,
                       [resume = std::move(resume)](grpc::Status status) {
                         const RunScope scope;
                         resume(std::move(status));
                       });
      });
  if (!status.ok()) co_return FromGrpcStatus(status);
  co_return std::move(call->response);
}

}  // namespace trebol
