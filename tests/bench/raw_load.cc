#include "tests/bench/raw_load.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/channels.h"
#include "tests/bench/raw_service.h"

namespace trebol::bench {
namespace {

using grpc::ByteBuffer;

/// One call of a stream in either direction; `ended` takes how it ended and the bytes it got.
class Call : public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  using Ended = std::function<void(const grpc::Status&, uint64_t received)>;

  Call(const std::shared_ptr<grpc::Channel>& channel, const char* method, Ended ended)
      : stub_(channel), ended_(std::move(ended)) {
    context_.set_initial_metadata_corked(true);  // along with the first message
    stub_.PrepareBidiStreamingCall(&context_, method, grpc::StubOptions(), this);
  }

  /// Sends `bytes`, which outlive the call, in messages.
  void Send(const std::string& bytes) {
    bytes_ = bytes;
    WriteNext();
    StartRead(&answer_);
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    if (ok && !bytes_.empty()) WriteNext();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    received_ += answer_.Length();
    StartRead(&answer_);
  }
  void OnDone(const grpc::Status& status) override {
    ended_(status, received_);
    delete this;
  }

 private:
  void WriteNext() {
    const absl::string_view part = bytes_.substr(0, kRawMessageSize);
    bytes_.remove_prefix(part.size());
    grpc::Slice slice(part.data(), part.size(), grpc::Slice::STATIC_SLICE);
    message_ = ByteBuffer(&slice, 1);
    if (bytes_.empty()) {
      StartWriteLast(&message_, grpc::WriteOptions());
    } else {
      StartWrite(&message_);
    }
  }

  grpc::GenericStub stub_;
  const Ended ended_;
  grpc::ClientContext context_;
  absl::string_view bytes_;
  ByteBuffer message_;
  ByteBuffer answer_;
  uint64_t received_ = 0;
};

/// As many chains of calls as there are clients, each call beginning where the one before ended.
class Chains {
 public:
  Chains(const std::string& endpoint, const char* method, const std::string& sent,
         uint64_t expected, uint64_t size, const LoadLimits& limits)
      : endpoint_(endpoint),
        method_(method),
        sent_(sent),
        expected_(expected),
        size_(size),
        running_(limits.clients),
        meter_(limits) {
    for (int i = 0; i < limits.clients; ++i) Next(/*first=*/true);
  }

  absl::StatusOr<LoadReport> Finish() {
    {
      MutexLock lock(&mutex_);
      while (running_ > 0) ended_.Wait(&mutex_);
    }
    return meter_.Finish();
  }

 private:
  void Next(bool first) {
    if (!meter_.MayBegin(first, size_)) {
      MutexLock lock(&mutex_);
      if (--running_ == 0) ended_.NotifyAll();
      return;
    }
    const auto begin = std::chrono::steady_clock::now();
    auto* call = new Call(
        channels_.Pick(endpoint_), method_,
        [this, begin](const grpc::Status& status, uint64_t received) {
          if (!status.ok() || received != expected_) {
            meter_.Failed(absl::InternalError(absl::StrCat(
                "a raw call ended with '", status.error_message(), "' and ", received, " bytes")));
          }
          meter_.Ended(
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
              size_);
          Next(/*first=*/false);
        });
    call->Send(sent_);
  }

  const std::string endpoint_;
  const char* const method_;
  const std::string& sent_;
  const uint64_t expected_;
  const uint64_t size_;
  Channels channels_{DialTcp};
  Mutex mutex_;
  CondVar ended_;
  int running_ ABSL_GUARDED_BY(mutex_);
  LoadMeter meter_;
};

}  // namespace

absl::StatusOr<LoadReport> PutToRelay(const std::string& endpoint, uint64_t size,
                                      const LoadLimits& limits) {
  const std::string bytes = RandomBytes(size);
  return Chains(endpoint, "/trebol.v1.ObjectService/PutObject", bytes, 0, size, limits).Finish();
}

absl::StatusOr<LoadReport> GetFromRelay(const std::string& endpoint, uint64_t size,
                                        const LoadLimits& limits) {
  const std::string request = EncodeCount(size);
  return Chains(endpoint, "/trebol.v1.ObjectService/GetObject", request, size, size, limits)
      .Finish();
}

}  // namespace trebol::bench
