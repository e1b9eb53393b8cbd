#include "gateway/grpc/put_stream.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/async/run_scope.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/object/attributes.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "common/rpc/status_conversion.h"

namespace trebol {
namespace {

constexpr size_t kMostBesideData = 64 * kKiB;  // header, trailer: more than they may have

/// The reactor of one call. gRPC owns the moments: a read ends in OnReadDone, and OnDone, after
/// Finish, is the last. The coroutine touches it only before Finish.
class PutStream final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  PutStream(IdleWatch& idle, grpc::CallbackServerContext* context,
            std::shared_ptr<Cancellation> cancellation)
      : cancellation_(std::move(cancellation)), idle_(idle, context) {}

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

  void OnReadDone(bool ok) override { Resume(ok); }
  void OnSendInitialMetadataDone(bool ok) override { Resume(ok); }
  void OnCancel() override { cancellation_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  void Resume(bool ok) {
    const RunScope scope;
    std::exchange(resume_, nullptr)(ok);
  }

  const std::shared_ptr<Cancellation> cancellation_;
  IdleWatch::Stream idle_;
  grpc::ByteBuffer buffer_;
  std::function<void(bool)> resume_;
};

/// The messages of the stream as a body. The first one's header is read before. `Message` is that
/// of a put or of a part.
template <typename Message>
class StreamBody final : public BodyReader {
 public:
  StreamBody(PutStream* stream, std::shared_ptr<Cancellation> cancellation)
      : stream_(stream), cancellation_(std::move(cancellation)) {}

  Task<Message> ReadHeader() {
    CO_ASSIGN_OR_RETURN(bool more, co_await ReadMessage());
    if (!more || !message_.has_header()) {
      co_return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                          "the first message of an upload must hold its header");
    }
    message_.DiscardUnknownFields();  // rows would keep some
    const auto& header = message_.header();
    end_is_proven_ = header.has_content_length() || header.has_crc32c();
    co_return message_;
  }

  Task<Bytes> Next() override {
    while (pending_.empty() && !ended_) {
      CO_ASSIGN_OR_RETURN(bool more, co_await ReadMessage());
      if (!more) break;
      if (message_.has_header()) {
        co_return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                            "only the first message of an upload may hold a header");
      }
    }
    co_return std::exchange(pending_, Bytes());
  }

  v1::PutObjectRequest::Trailer trailer() const override { return trailer_; }

 private:
  /// False at the end of the stream.
  Task<bool> ReadMessage() {
    auto buffer = co_await stream_->Read();
    if (!buffer.has_value()) {
      // Half-closed by the client, or gone: gRPC says the same of both. An upload that was cut off
      // must not become an object, so where nothing else tells the two apart, ask.
      const bool proven = end_is_proven_ || trailer_.has_crc32c();
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
          absl::StrCat("a message of an upload has ", buffer->Length(), " bytes; at most ",
                       kMaxStreamMessageSize, " of data are allowed, send more messages"));
    }
    message_.Clear();
    CO_ASSIGN_OR_RETURN(pending_, DecodeWithPayload(*buffer, &message_));
    if (pending_.size() > kMaxStreamMessageSize) {
      co_return MakeError(
          absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
          absl::StrCat("a message of an upload holds ", pending_.size(), " bytes of data; at most ",
                       kMaxStreamMessageSize, " are allowed, send more messages"));
    }
    if (message_.has_trailer()) {
      CO_RETURN_IF_ERROR(ValidateChecksums(message_.trailer().checksums()));
      trailer_ = message_.trailer();
    }
    co_return true;
  }

  PutStream* const stream_;
  const std::shared_ptr<Cancellation> cancellation_;
  Message message_;
  Bytes pending_;
  v1::PutObjectRequest::Trailer trailer_;
  bool end_is_proven_ = false;  // an upload that was cut off fails by its length or checksum
  bool ended_ = false;
};

/// What this upload's stream may hold.
template <typename Header>
uint64_t StreamMemoryOf(const Header& header) {
  if (!header.has_content_length()) return kUploadStreamMemory;
  return std::clamp<uint64_t>(header.content_length(), kKiB, kUploadStreamMemory);
}

template <typename Operation, typename Response>
Task<Response> Serve(RequestContextPtr context, PutStream* stream, absl::Status admission,
                     EnterStream enter, std::shared_ptr<Operation> operation,
                     std::shared_ptr<Semaphore> memory,
                     std::shared_ptr<const Turnaround> turnaround) {
  CO_RETURN_IF_ERROR(admission);
  using Message = typename Operation::Message;
  auto body = std::make_shared<StreamBody<Message>>(stream, context->cancellation);
  CO_ASSIGN_OR_RETURN(Message first, co_await body->ReadHeader());
  CO_ASSIGN_OR_RETURN(context, co_await enter(context, first.header().bucket()));
  const auto permit = memory->TryAcquire(StreamMemoryOf(first.header()));
  if (!permit.has_value()) {
    const absl::Status full =
        MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
                  "this gateway serves as many uploads as its memory allows; try again, use "
                  "another gateway, or give it more (--upload-memory)");
    co_return WithRetryAfter(full, RetryAfter(turnaround->of_late()));
  }
  co_return co_await operation->Run(context, std::move(*first.mutable_header()), body);
}

template <typename Operation, typename Response>
UploadReactor* ServeUpload(UploadCall call, std::shared_ptr<Operation> operation) {
  const RunScope scope;
  RequestContextPtr request = ContextOf(*call.context);
  auto* stream = new PutStream(call.idle, call.context, request->cancellation);
  call.runtime.Spawn(Serve<Operation, Response>(request, stream, std::move(call.admission),
                                                std::move(call.enter), std::move(operation),
                                                std::move(call.memory), std::move(call.turnaround)),
                     [stream, response = call.response, request,
                      end = std::move(call.end)](const absl::StatusOr<Response>& answer) {
                       if (answer.ok()) *response = Encode(*answer);
                       end(*request, answer.status());
                       stream->Finish(ToGrpcStatus(answer.status()));
                     });
  return stream;
}

}  // namespace

UploadReactor* ServePut(UploadCall call, std::shared_ptr<PutObject> operation) {
  return ServeUpload<PutObject, v1::ObjectInfo>(std::move(call), std::move(operation));
}

UploadReactor* ServePart(UploadCall call, std::shared_ptr<UploadPart> operation) {
  return ServeUpload<UploadPart, v1::PartInfo>(std::move(call), std::move(operation));
}

}  // namespace trebol
