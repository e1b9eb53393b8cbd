#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <utility>

#include "common/base/mutex.h"
#include "common/rpc/channels.h"
#include "tests/bench/raw_service.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol::bench {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;

// Slices arrive as 64 KiB and a little; so near to its size a message is taken for whole.
constexpr uint64_t kAlmostAMessage = kRawMessageSize - (64 << 10);

/// The sinks, and one call to one of them.
class Sinks {
 public:
  explicit Sinks(std::vector<std::string> endpoints) : endpoints_(std::move(endpoints)) {}

  struct Call {
    grpc::ClientContext context;
    ByteBuffer request;
    ByteBuffer response;
  };
  using Done = std::function<void(grpc::Status)>;

  /// `call` must live until `done`.
  void Start(size_t sink, const char* method, Call* call, Done done) {
    grpc::GenericStub stub(channels_.Pick(endpoints_[sink]));
    stub.UnaryCall(&call->context, method, grpc::StubOptions(), &call->request, &call->response,
                   std::move(done));
  }
  size_t size() const { return endpoints_.size(); }
  size_t NextInTurn() { return turn_.fetch_add(1) % endpoints_.size(); }

 private:
  const std::vector<std::string> endpoints_;
  Channels channels_{DialTcp};
  std::atomic<size_t> turn_ = 0;
};

/// Ends when every copy of every chunk has ended, so that no call outlives it.
class PutRelay final : public grpc::ServerReadReactor<ByteBuffer> {
 public:
  explicit PutRelay(Sinks& sinks) : sinks_(sinks) { StartRead(&message_); }

  void OnReadDone(bool ok) override {
    if (ok) Gather();
    if (gathered_size_ >= kRawChunkSize || (!ok && gathered_size_ > 0)) SendChunk();
    bool read = false, finish = false;
    {
      MutexLock lock(&mutex_);
      ended_ = !ok;
      finish = ended_ && in_flight_ == 0;
      read = !ended_ && in_flight_ < kRawChunksInFlight;
      paused_ = !ended_ && !read;
    }
    if (finish) Finish(grpc::Status::OK);
    if (read) StartRead(&message_);
  }
  void OnDone() override { delete this; }

 private:
  struct Chunk {
    std::deque<Sinks::Call> copies;
    std::atomic<size_t> missing = 0;
  };

  void Gather() {
    std::vector<grpc::Slice> slices;
    gathered_size_ += message_.Length();
    if (message_.Dump(&slices).ok()) {
      gathered_.insert(gathered_.end(), slices.begin(), slices.end());
    }
  }

  void SendChunk() {
    const ByteBuffer bytes(gathered_.data(), gathered_.size());
    gathered_.clear();
    gathered_size_ = 0;
    {
      MutexLock lock(&mutex_);
      ++in_flight_;
    }
    auto chunk = std::make_shared<Chunk>();
    chunk->missing = sinks_.size();
    for (size_t i = 0; i < sinks_.size(); ++i) chunk->copies.emplace_back().request = bytes;
    for (size_t i = 0; i < sinks_.size(); ++i) {
      sinks_.Start(i, "/trebol.v1.ChunkService/PutChunk", &chunk->copies[i],
                   [this, chunk](const grpc::Status&) {
                     if (chunk->missing.fetch_sub(1) == 1) ChunkEnded();
                   });
    }
  }

  void ChunkEnded() {
    bool read = false, finish = false;
    {
      MutexLock lock(&mutex_);
      --in_flight_;
      finish = ended_ && in_flight_ == 0;
      read = std::exchange(paused_, false);
    }
    if (finish) Finish(grpc::Status::OK);
    if (read) StartRead(&message_);
  }

  Sinks& sinks_;
  ByteBuffer message_;
  std::vector<grpc::Slice> gathered_;
  uint64_t gathered_size_ = 0;
  Mutex mutex_;
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

/// Reads ahead, and ends when every fetch has ended.
class GetRelay final : public grpc::ServerWriteReactor<ByteBuffer> {
 public:
  GetRelay(Sinks& sinks, uint64_t size) : sinks_(sinks), left_(size) { Go(); }

  void OnWriteDone(bool ok) override {
    {
      MutexLock lock(&mutex_);
      writing_ = false;
      if (!ok) failed_ = true;
    }
    Go();
  }
  void OnDone() override { delete this; }

 private:
  struct Fetch {
    Sinks::Call call;
    uint64_t size = 0;
    bool done = false;
  };

  /// Starts whatever can be started.
  void Go() {
    std::vector<Fetch*> started;
    bool write = false, last = false, finish = false;
    {
      MutexLock lock(&mutex_);
      while (!failed_ && left_ > 0 && fetches_.size() < kRawChunksInFlight) {
        Fetch& fetch = fetches_.emplace_back();
        fetch.size = std::min(left_, kRawChunkSize);
        left_ -= fetch.size;
        ++in_flight_;
        started.push_back(&fetch);
      }
      if (!writing_ && !finished_) {
        if (!failed_) TakeFetched();
        write = !failed_ && !slices_.empty();
        last = write && NextMessage();
        finish = failed_ && in_flight_ == 0;
        writing_ = write;
        finished_ = last || finish;
      }
    }
    for (Fetch* fetch : started) Start(fetch);
    // From here on another thread may end it, but for what is started here.
    if (last) {
      StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    } else if (write) {
      StartWrite(&message_);
    } else if (finish) {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void Start(Fetch* fetch) {
    const std::string count = EncodeCount(fetch->size);
    grpc::Slice slice(count);
    fetch->call.request = ByteBuffer(&slice, 1);
    sinks_.Start(sinks_.NextInTurn(), "/trebol.v1.ChunkService/GetChunk", &fetch->call,
                 [this, fetch](const grpc::Status& status) {
                   {
                     MutexLock lock(&mutex_);
                     --in_flight_;
                     fetch->done = true;
                     if (!status.ok()) failed_ = true;
                   }
                   Go();
                 });
  }

  void TakeFetched() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!slices_.empty() || fetches_.empty() || !fetches_.front().done) return;
    std::vector<grpc::Slice> slices;
    if (!fetches_.front().call.response.Dump(&slices).ok()) failed_ = true;
    slices_.assign(slices.begin(), slices.end());
    fetches_.pop_front();
  }

  /// Into message_; true if it is the last one.
  bool NextMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<grpc::Slice> message;
    for (uint64_t size = 0; !slices_.empty() && size < kAlmostAMessage; slices_.pop_front()) {
      size += slices_.front().size();
      message.push_back(std::move(slices_.front()));
    }
    message_ = ByteBuffer(message.data(), message.size());
    return slices_.empty() && fetches_.empty() && left_ == 0;
  }

  Sinks& sinks_;
  ByteBuffer message_;
  Mutex mutex_;
  uint64_t left_ ABSL_GUARDED_BY(mutex_);
  std::deque<Fetch> fetches_ ABSL_GUARDED_BY(mutex_);
  std::deque<grpc::Slice> slices_ ABSL_GUARDED_BY(mutex_);  // of the chunk that is being written
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

using Methods = v1::ObjectService::WithRawCallbackMethod_GetObject<
    v1::ObjectService::WithRawCallbackMethod_PutObject<v1::ObjectService::Service>>;

class Relay final : public Methods {
 public:
  explicit Relay(std::vector<std::string> sinks) : sinks_(std::move(sinks)) {}

  grpc::ServerReadReactor<ByteBuffer>* PutObject(CallbackServerContext*,
                                                 ByteBuffer* response) override {
    grpc::Slice nothing("");
    *response = ByteBuffer(&nothing, 1);
    return new PutRelay(sinks_);
  }
  grpc::ServerWriteReactor<ByteBuffer>* GetObject(CallbackServerContext*,
                                                  const ByteBuffer* request) override {
    grpc::Slice asked;
    uint64_t size = 0;
    if (request->DumpToSingleSlice(&asked).ok() && asked.size() == sizeof size) {
      std::memcpy(&size, asked.begin(), sizeof size);
    }
    return new GetRelay(sinks_, size);
  }

 private:
  Sinks sinks_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRelay(std::vector<std::string> sinks) {
  return std::make_unique<Relay>(std::move(sinks));
}

}  // namespace trebol::bench
