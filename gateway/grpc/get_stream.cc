#include "gateway/grpc/get_stream.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "common/async/run_scope.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/serve.h"
#include "common/rpc/status_conversion.h"

namespace trebol {
namespace {

/// The reactor of one call; see PutStream for who owns the moments.
class GetStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  GetStream(IdleWatch& idle, grpc::CallbackServerContext* context,
            std::shared_ptr<Cancellation> cancellation)
      : cancellation_(std::move(cancellation)), idle_(idle, context) {}

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

  /// Ends the call, with one message before its status; `taken` is called when gRPC has passed the
  /// message on or given it up.
  void FinishWith(grpc::ByteBuffer message, std::function<void()> taken) {
    buffer_ = std::move(message);
    taken_ = std::move(taken);
    idle_.Expect();
    StartWriteAndFinish(&buffer_, grpc::WriteOptions(), grpc::Status::OK);
  }

  void OnWriteDone(bool ok) override {
    const RunScope scope;
    std::exchange(resume_, nullptr)(ok);
  }
  void OnCancel() override { cancellation_->Cancel(); }
  void OnDone() override {
    const std::function<void()> taken = std::move(taken_);
    delete this;
    if (taken) taken();
  }

 private:
  const std::shared_ptr<Cancellation> cancellation_;
  IdleWatch::Stream idle_;
  grpc::ByteBuffer buffer_;
  std::function<void(bool)> resume_;
  std::function<void()> taken_;
};

// A small last message goes with the status of the call. What it holds is not counted as memory of
// downloads: the request keeps its place among those that run until the message is taken, and they
// are few enough for that.
constexpr size_t kSmallMessage = 16 * kKiB;

/// Cuts what is written into messages of at most 1 MiB; the first carries what the object is.
class StreamWriter final : public BodyWriter {
 public:
  explicit StreamWriter(GetStream* stream) : stream_(stream) {}

  void Begin(const v1::ObjectInfo& info, const v1::ByteRange& range) override {
    *header_.mutable_info() = info;
    *header_.mutable_range() = range;
    left_ = range.length();
  }

  Task<void> Write(Bytes data) override {
    while (!data.empty()) {
      const size_t size = std::min<size_t>(data.size(), kMaxStreamMessageSize);
      Bytes part = data.Subcord(0, size);
      data.RemovePrefix(size);
      left_ -= std::min<uint64_t>(size, left_);
      if (left_ == 0 && size <= kSmallMessage) {
        last_ = Encoded(part);
        break;
      }
      CO_RETURN_IF_ERROR(co_await Send(Encoded(part)));
    }
    co_return absl::OkStatus();
  }

  /// What is left to be sent; an empty object has a header all the same.
  std::optional<grpc::ByteBuffer> TakeLast() {
    if (header_.has_info()) last_ = Encoded(Bytes());
    return std::exchange(last_, std::nullopt);
  }

 private:
  grpc::ByteBuffer Encoded(const Bytes& part) {
    grpc::ByteBuffer message = EncodeWithPayload(header_, part);
    header_.Clear();
    return message;
  }

  Task<void> Send(grpc::ByteBuffer message) {
    if (!co_await stream_->Send(std::move(message))) {
      co_return absl::CancelledError("the client went away");
    }
    co_return absl::OkStatus();
  }

  GetStream* const stream_;
  v1::GetObjectResponse header_;
  uint64_t left_ = 0;  // to be written
  std::optional<grpc::ByteBuffer> last_;
};

Task<void> Serve(RequestContextPtr context, std::shared_ptr<StreamWriter> writer,
                 absl::Status admission, EnterStream enter, std::shared_ptr<GetObject> operation,
                 v1::GetObjectRequest request) {
  CO_RETURN_IF_ERROR(admission);
  CO_ASSIGN_OR_RETURN(context, co_await enter(context, request.bucket()));
  co_return co_await operation->Run(std::move(context), std::move(request), writer);
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeGet(grpc::CallbackServerContext* context,
                                                     Runtime& runtime, absl::Status admission,
                                                     EnterStream enter,
                                                     std::shared_ptr<GetObject> operation,
                                                     const grpc::ByteBuffer& request,
                                                     IdleWatch& idle, RequestEnd end) {
  const RunScope scope;
  RequestContextPtr caller = ContextOf(*context);
  auto* stream = new GetStream(idle, context, caller->cancellation);
  v1::GetObjectRequest decoded;
  if (admission.ok()) admission = Decode(request, &decoded);
  auto writer = std::make_shared<StreamWriter>(stream);
  runtime.Spawn(Serve(caller, writer, std::move(admission), std::move(enter), std::move(operation),
                      std::move(decoded)),
                [stream, writer, caller, end = std::move(end)](const absl::Status& status) {
                  auto last = status.ok() ? writer->TakeLast() : std::nullopt;
                  if (last.has_value()) {
                    stream->FinishWith(*std::move(last), [caller, end] {
                      end(*caller, caller->cancellation->cancelled()
                                       ? absl::CancelledError("the client went away")
                                       : absl::OkStatus());
                    });
                  } else {
                    end(*caller, status);
                    stream->Finish(ToGrpcStatus(status));
                  }
                });
  return stream;
}

}  // namespace trebol
