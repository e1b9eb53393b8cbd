#include "gateway/grpc/put_stream.h"

#include <functional>
#include <optional>
#include <utility>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "common/rpc/status_conversion.h"

namespace trebol {
namespace {

/// The reactor of one call. gRPC owns the moments: a read ends in OnReadDone, and OnDone, after
/// Finish, is the last. The coroutine touches it only before Finish.
class PutStream final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  explicit PutStream(std::shared_ptr<Cancellation> cancellation)
      : cancellation_(std::move(cancellation)) {}

  /// The next message; nothing at the end of the stream.
  boost::asio::awaitable<std::optional<grpc::ByteBuffer>> Read() {
    const bool ok = co_await SuspendUntil<bool>([this](std::function<void(bool)> resume) {
      resume_ = std::move(resume);
      StartRead(&buffer_);
    });
    if (!ok) co_return std::nullopt;
    co_return std::exchange(buffer_, grpc::ByteBuffer());
  }

  void OnReadDone(bool ok) override { std::exchange(resume_, nullptr)(ok); }
  void OnCancel() override { cancellation_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<Cancellation> cancellation_;
  grpc::ByteBuffer buffer_;
  std::function<void(bool)> resume_;
};

/// The messages of the stream as a body. The first one's header is read before.
class StreamBody final : public BodyReader {
 public:
  StreamBody(PutStream* stream, std::shared_ptr<Cancellation> cancellation)
      : stream_(stream), cancellation_(std::move(cancellation)) {}

  Task<v1::PutObjectRequest> ReadHeader() {
    CO_ASSIGN_OR_RETURN(bool more, co_await ReadMessage());
    if (!more || !message_.has_header()) {
      co_return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                          "the first message of a put must hold its header");
    }
    co_return message_;
  }

  Task<Bytes> Next() override {
    while (pending_.empty() && !ended_) {
      CO_ASSIGN_OR_RETURN(bool more, co_await ReadMessage());
      if (!more) break;
      if (message_.has_header()) {
        co_return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                            "only the first message of a put may hold a header");
      }
    }
    co_return std::exchange(pending_, Bytes());
  }

  std::optional<uint32_t> trailing_crc32c() const override { return trailing_crc32c_; }

 private:
  /// False at the end of the stream.
  Task<bool> ReadMessage() {
    auto buffer = co_await stream_->Read();
    if (!buffer.has_value()) {
      // Half-closed by the client, or gone: gRPC says the same of both, so ask.
      if (cancellation_->cancelled()) co_return absl::CancelledError("the client went away");
      ended_ = true;
      co_return false;
    }
    message_.Clear();
    CO_ASSIGN_OR_RETURN(pending_, DecodeWithPayload(*buffer, &message_));
    if (message_.trailer().has_crc32c()) trailing_crc32c_ = message_.trailer().crc32c();
    co_return true;
  }

  PutStream* const stream_;
  const std::shared_ptr<Cancellation> cancellation_;
  v1::PutObjectRequest message_;
  Bytes pending_;
  std::optional<uint32_t> trailing_crc32c_;
  bool ended_ = false;
};

Task<v1::ObjectInfo> Serve(RequestContextPtr context, PutStream* stream,
                           std::shared_ptr<PutObject> operation) {
  auto body = std::make_shared<StreamBody>(stream, context->cancellation);
  CO_ASSIGN_OR_RETURN(v1::PutObjectRequest first, co_await body->ReadHeader());
  co_return co_await operation->Run(context, std::move(*first.mutable_header()), body);
}

}  // namespace

grpc::ServerReadReactor<grpc::ByteBuffer>* ServePut(grpc::CallbackServerContext* context,
                                                    Runtime& runtime,
                                                    std::shared_ptr<PutObject> operation,
                                                    grpc::ByteBuffer* response) {
  RequestContextPtr request = ContextOf(*context);
  auto* stream = new PutStream(request->cancellation);
  runtime.Spawn(Serve(request, stream, std::move(operation)),
                [stream, response](const absl::StatusOr<v1::ObjectInfo>& info) {
                  if (info.ok()) *response = Encode(*info);
                  stream->Finish(ToGrpcStatus(info.status()));
                });
  return stream;
}

}  // namespace trebol
