#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/status_macros.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/rpc/payload_codec.h"

namespace trebol {

/// One call to one peer. Ends at the earlier of `timeout` from now and the context's deadline, and
/// when the context is cancelled. No retries here.
/// `method` is "/trebol.v1.Service/Method" and must outlive the call.
Task<grpc::ByteBuffer> UnaryCall(RequestContextPtr context, std::shared_ptr<grpc::Channel> channel,
                                 std::shared_ptr<const Identity> identity, const char* method,
                                 grpc::ByteBuffer request, absl::Duration timeout);

/// The same with ordinary messages.
template <typename Response>
Task<Response> UnaryCall(RequestContextPtr context, std::shared_ptr<grpc::Channel> channel,
                         std::shared_ptr<const Identity> identity, const char* method,
                         const google::protobuf::MessageLite& request, absl::Duration timeout) {
  // Encoded here, before the first suspension: `request` need not outlive this call.
  return [](RequestContextPtr context, std::shared_ptr<grpc::Channel> channel,
            std::shared_ptr<const Identity> identity, const char* method, grpc::ByteBuffer request,
            absl::Duration timeout) -> Task<Response> {
    CO_ASSIGN_OR_RETURN(
        grpc::ByteBuffer answer,
        co_await UnaryCall(std::move(context), std::move(channel), std::move(identity), method,
                           std::move(request), timeout));
    Response response;
    CO_RETURN_IF_ERROR(Decode(answer, &response));
    co_return response;
  }(std::move(context), std::move(channel), std::move(identity), method, Encode(request), timeout);
}

}  // namespace trebol
