#include "gateway/grpc/put_stream.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "common/rpc/status_conversion.h"
#include "gateway/grpc/idle_limit.h"

namespace trebol {
namespace {

constexpr size_t kMostBesideData = 64 * kKiB;  // header, trailer: more than they may have

/// The reactor of one call. gRPC owns the moments: a read ends in OnReadDone, and OnDone, after
/// Finish, is the last. The coroutine touches it only before Finish.
class PutStream final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  PutStream(Runtime& runtime, grpc::CallbackServerContext* context, absl::Duration client_idle,
            std::shared_ptr<Cancellation> cancellation)
      : cancellation_(std::move(cancellation)), idle_(runtime, context, client_idle) {}

  /// The next message; nothing at the end of the stream.
  boost::asio::awaitable<std::optional<grpc::ByteBuffer>> Read() {
    idle_.Expect();
    const bool ok = co_await SuspendUntil<bool>([this](std::function<void(bool)> resume) {
      resume_ = std::move(resume);
      StartRead(&buffer_);
    });
    idle_.Met();
    if (!ok) co_return std::nullopt;
    co_return std::exchange(buffer_, grpc::ByteBuffer());
  }

  /// After the end of the stream, once: does anybody listen still? A stream that was reset takes no
  /// headers any more, while OnCancel may come from another thread later than the end.
  boost::asio::awaitable<bool> Listens() {
    co_return co_await SuspendUntil<bool>([this](std::function<void(bool)> resume) {
      resume_ = std::move(resume);
      StartSendInitialMetadata();
    });
  }

  void OnReadDone(bool ok) override { std::exchange(resume_, nullptr)(ok); }
  void OnSendInitialMetadataDone(bool ok) override { std::exchange(resume_, nullptr)(ok); }
  void OnCancel() override { cancellation_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<Cancellation> cancellation_;
  IdleLimit idle_;
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
    const v1::PutObjectRequest::Header& header = message_.header();
    end_is_proven_ = header.has_content_length() || header.has_crc32c();
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
      // Half-closed by the client, or gone: gRPC says the same of both. An upload that was cut off
      // must not become an object, so where nothing else tells the two apart, ask.
      const bool proven = end_is_proven_ || trailing_crc32c_.has_value();
      const bool listens = proven || co_await stream_->Listens();
      if (!listens || cancellation_->cancelled()) {
        co_return absl::CancelledError("the client went away");
      }
      ended_ = true;
      co_return false;
    }
    if (buffer->Length() > kMaxStreamMessageSize + kMostBesideData) {
      co_return MakeError(
          absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
          absl::StrCat("a message of a put has ", buffer->Length(), " bytes; at most ",
                       kMaxStreamMessageSize, " of data are allowed, send more messages"));
    }
    message_.Clear();
    CO_ASSIGN_OR_RETURN(pending_, DecodeWithPayload(*buffer, &message_));
    if (pending_.size() > kMaxStreamMessageSize) {
      co_return MakeError(
          absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
          absl::StrCat("a message of a put holds ", pending_.size(), " bytes of data; at most ",
                       kMaxStreamMessageSize, " are allowed, send more messages"));
    }
    if (message_.trailer().has_crc32c()) trailing_crc32c_ = message_.trailer().crc32c();
    co_return true;
  }

  PutStream* const stream_;
  const std::shared_ptr<Cancellation> cancellation_;
  v1::PutObjectRequest message_;
  Bytes pending_;
  std::optional<uint32_t> trailing_crc32c_;
  bool end_is_proven_ = false;  // an upload that was cut off fails by its length or checksum
  bool ended_ = false;
};

/// What this upload's stream may hold.
uint64_t StreamMemoryOf(const v1::PutObjectRequest::Header& header) {
  if (!header.has_content_length()) return kUploadStreamMemory;
  return std::clamp<uint64_t>(header.content_length(), kKiB, kUploadStreamMemory);
}

Task<v1::ObjectInfo> Serve(RequestContextPtr context, PutStream* stream, absl::Status admission,
                           std::shared_ptr<PutObject> operation,
                           std::shared_ptr<Semaphore> memory) {
  CO_RETURN_IF_ERROR(admission);
  auto body = std::make_shared<StreamBody>(stream, context->cancellation);
  CO_ASSIGN_OR_RETURN(v1::PutObjectRequest first, co_await body->ReadHeader());
  const auto permit = memory->TryAcquire(StreamMemoryOf(first.header()));
  if (!permit.has_value()) {
    co_return MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
                        "this gateway serves as many uploads as its memory allows; try again, use "
                        "another gateway, or give it more (--upload-memory)");
  }
  co_return co_await operation->Run(context, std::move(*first.mutable_header()), body);
}

}  // namespace

grpc::ServerReadReactor<grpc::ByteBuffer>* ServePut(grpc::CallbackServerContext* context,
                                                    Runtime& runtime, absl::Status admission,
                                                    std::shared_ptr<PutObject> operation,
                                                    std::shared_ptr<Semaphore> memory,
                                                    grpc::ByteBuffer* response,
                                                    absl::Duration client_idle, RequestEnd end) {
  RequestContextPtr request = ContextOf(*context);
  auto* stream = new PutStream(runtime, context, client_idle, request->cancellation);
  runtime.Spawn(
      Serve(request, stream, std::move(admission), std::move(operation), std::move(memory)),
      [stream, response, request,
       end = std::move(end)](const absl::StatusOr<v1::ObjectInfo>& info) {
        if (info.ok()) *response = Encode(*info);
        end(*request, info.status());
        stream->Finish(ToGrpcStatus(info.status()));
      });
  return stream;
}

}  // namespace trebol
