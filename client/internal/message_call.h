#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/completion_queue.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "absl/status/status.h"
#include "client/internal/transport.h"

namespace trebol::client {

/// A call with one message each way, also of a method that could stream: on the wire that is the
/// same, and it is one operation of gRPC instead of three. Ends after the idle timeout of its
/// context, and at a stop request.
class MessageCall {
 public:
  /// `method` is the full name, "/package.Service/Method".
  MessageCall(const CallContext& context, const Lane& lane, const std::string& method)
      : context_(context), lane_(lane), method_(method) {}

  /// Once.
  absl::Status Run(const grpc::ByteBuffer& message, grpc::ByteBuffer* answer);
  /// It was given up because nothing moved.
  bool timed_out() const { return timed_out_; }

 private:
  const CallContext& context_;
  const Lane& lane_;
  const std::string& method_;
  bool timed_out_ = false;
};

/// The error of a call that was given up after its idle timeout.
absl::Status NothingMoved(const std::string& endpoint, const CallContext& context);

}  // namespace trebol::client
