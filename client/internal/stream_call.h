#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "client/internal/transport.h"

namespace trebol::client {

/// One streaming call, driven by the thread that uses it: no thread of its own, no copy of payload.
/// Every wait ends after the idle timeout of its context, which cancels the call, and at a stop
/// request. One operation at a time; not thread-safe. Destroying it cancels what is not finished.
class StreamCall {
 public:
  /// `method` is the full name, "/package.Service/Method".
  StreamCall(const CallContext& context, const Lane& lane, const std::string& method);
  ~StreamCall();
  StreamCall(const StreamCall&) = delete;
  StreamCall& operator=(const StreamCall&) = delete;

  // Each is false when the stream has ended; Finish says how. The first must be Write: the call
  // begins with it, in one go.
  /// Sends a message, after waiting until the one before is on its way: the caller prepares the
  /// next message while gRPC sends. `last` closes our side.
  bool Write(const grpc::ByteBuffer& message, bool last);
  bool Read(grpc::ByteBuffer* message);

  /// The status of the call, once.
  absl::Status Finish();
  /// It was given up because nothing moved.
  bool timed_out() const { return timed_out_; }

 private:
  bool AwaitOperation();

  const CallContext call_;
  const std::string endpoint_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  bool pending_ = false;  // an operation is under way
  bool finished_ = false;
  bool timed_out_ = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace trebol::client
