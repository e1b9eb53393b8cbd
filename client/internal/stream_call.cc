#include "client/internal/stream_call.h"

#include <grpcpp/client_context.h>

#include "absl/time/time.h"
#include "client/internal/message_call.h"
#include "client/internal/status_conversion.h"

namespace trebol::client {

StreamCall::StreamCall(const CallContext& context, const Lane& lane, const std::string& method)
    : call_(context), endpoint_(lane.endpoint), stub_(lane.channel) {
  on_stop_.emplace(call_.stop, [this] { context_.TryCancel(); });
  context_.set_initial_metadata_corked(true);  // goes with the first message
  stream_ = stub_.PrepareCall(&context_, method, &queue_);
  stream_->StartCall(this);
}

StreamCall::~StreamCall() {
  if (!finished_) {
    context_.TryCancel();
    (void)Finish();
  }
  on_stop_.reset();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool StreamCall::AwaitOperation() {
  if (!pending_) return true;
  void* tag = nullptr;
  bool ok = false;
  const auto deadline = absl::ToChronoTime(absl::Now() + call_.idle_timeout);
  if (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::TIMEOUT) {
    timed_out_ = true;
    context_.TryCancel();  // after this every operation ends at once
    queue_.Next(&tag, &ok);
  }
  pending_ = false;
  return ok && !timed_out_;
}

bool StreamCall::Write(const grpc::ByteBuffer& message, bool last) {
  if (!AwaitOperation()) return false;
  grpc::WriteOptions options;
  if (last) {
    stream_->WriteLast(message, options, this);
  } else {
    stream_->Write(message, options, this);
  }
  pending_ = true;
  return true;
}

bool StreamCall::Read(grpc::ByteBuffer* message) {
  if (!AwaitOperation()) return false;
  stream_->Read(message, this);
  pending_ = true;
  return AwaitOperation();
}

absl::Status StreamCall::Finish() {
  AwaitOperation();
  grpc::Status status;
  stream_->Finish(&status, this);
  pending_ = true;
  AwaitOperation();
  finished_ = true;
  if (timed_out_) return NothingMoved(endpoint_, call_);
  return FromGrpc(status, endpoint_, call_);
}

}  // namespace trebol::client
