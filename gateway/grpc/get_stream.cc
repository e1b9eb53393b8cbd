#include "gateway/grpc/get_stream.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "common/rpc/status_conversion.h"
#include "gateway/grpc/idle_limit.h"

namespace trebol {
namespace {

/// The reactor of one call; see PutStream for who owns the moments.
class GetStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  GetStream(Runtime& runtime, grpc::CallbackServerContext* context, absl::Duration client_idle,
            std::shared_ptr<Cancellation> cancellation)
      : cancellation_(std::move(cancellation)), idle_(runtime, context, client_idle) {}

  /// Suspends until gRPC has taken the message; false when the client went away.
  boost::asio::awaitable<bool> Send(grpc::ByteBuffer message) {
    buffer_ = std::move(message);
    idle_.Expect();
    const bool ok = co_await SuspendUntil<bool>([this](std::function<void(bool)> resume) {
      resume_ = std::move(resume);
      StartWrite(&buffer_);
    });
    idle_.Met();
    buffer_.Clear();
    co_return ok;
  }

  void OnWriteDone(bool ok) override { std::exchange(resume_, nullptr)(ok); }
  void OnCancel() override { cancellation_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<Cancellation> cancellation_;
  IdleLimit idle_;
  grpc::ByteBuffer buffer_;
  std::function<void(bool)> resume_;
};

/// Cuts what is written into messages of at most 1 MiB; the first carries what the object is.
class StreamWriter final : public BodyWriter {
 public:
  explicit StreamWriter(GetStream* stream) : stream_(stream) {}

  void Begin(const v1::ObjectInfo& info, const v1::ByteRange& range) override {
    *header_.mutable_info() = info;
    *header_.mutable_range() = range;
  }

  Task<void> Write(Bytes data) override {
    while (!data.empty()) {
      const size_t size = std::min<size_t>(data.size(), kMaxStreamMessageSize);
      Bytes part = data.Subcord(0, size);
      data.RemovePrefix(size);
      CO_RETURN_IF_ERROR(co_await Send(std::move(part)));
    }
    co_return absl::OkStatus();
  }

  /// An empty object has a header all the same.
  Task<void> End() {
    if (!header_.has_info()) co_return absl::OkStatus();
    co_return co_await Send(Bytes());
  }

 private:
  Task<void> Send(Bytes part) {
    grpc::ByteBuffer message = EncodeWithPayload(header_, part);
    header_.Clear();
    if (!co_await stream_->Send(std::move(message))) {
      co_return absl::CancelledError("the client went away");
    }
    co_return absl::OkStatus();
  }

  GetStream* const stream_;
  v1::GetObjectResponse header_;
};

Task<void> Serve(RequestContextPtr context, GetStream* stream, absl::Status admission,
                 std::shared_ptr<GetObject> operation, v1::GetObjectRequest request) {
  CO_RETURN_IF_ERROR(admission);
  auto writer = std::make_shared<StreamWriter>(stream);
  CO_RETURN_IF_ERROR(co_await operation->Run(std::move(context), std::move(request), writer));
  co_return co_await writer->End();
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeGet(grpc::CallbackServerContext* context,
                                                     Runtime& runtime, absl::Status admission,
                                                     std::shared_ptr<GetObject> operation,
                                                     const grpc::ByteBuffer& request,
                                                     absl::Duration client_idle, RequestEnd end) {
  RequestContextPtr caller = ContextOf(*context);
  auto* stream = new GetStream(runtime, context, client_idle, caller->cancellation);
  v1::GetObjectRequest decoded;
  if (admission.ok()) admission = Decode(request, &decoded);
  runtime.Spawn(
      Serve(caller, stream, std::move(admission), std::move(operation), std::move(decoded)),
      [stream, caller, end = std::move(end)](const absl::Status& status) {
        end(*caller, status);
        stream->Finish(ToGrpcStatus(status));
      });
  return stream;
}

}  // namespace trebol
