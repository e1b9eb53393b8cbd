#include "client/internal/message_call.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <stop_token>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/internal/status_conversion.h"

namespace trebol::client {

absl::Status MessageCall::Run(const grpc::ByteBuffer& message, grpc::ByteBuffer* answer) {
  grpc::ClientContext grpc_context;
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(lane_.channel);
  const auto call = stub.PrepareUnaryCall(&grpc_context, method_, message, &queue);
  call->StartCall();
  grpc::Status status;
  call->Finish(answer, &status, this);
  void* tag = nullptr;
  bool ok = false;
  {
    const std::stop_callback on_stop(context_.stop, [&grpc_context] { grpc_context.TryCancel(); });
    const auto deadline = absl::ToChronoTime(absl::Now() + context_.idle_timeout);
    if (queue.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::TIMEOUT) {
      timed_out_ = true;
      grpc_context.TryCancel();  // after this it ends at once
      queue.Next(&tag, &ok);
    }
  }
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  if (timed_out_) return NothingMoved(lane_.endpoint, context_);
  return FromGrpc(status, lane_.endpoint, context_);
}

absl::Status NothingMoved(const std::string& endpoint, const CallContext& context) {
  return absl::DeadlineExceededError(absl::StrCat("nothing moved to or from ", endpoint, " for ",
                                                  absl::FormatDuration(context.idle_timeout),
                                                  "; the transfer was given up"));
}

}  // namespace trebol::client
