#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "common/base/limits.h"
#include "tests/bench/load_meter.h"
#include "tests/bench/raw_service.h"
#include "trebol/v1/chunk.grpc.pb.h"

namespace trebol::bench {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

using Methods = v1::ChunkService::WithRawCallbackMethod_PutChunk<
    v1::ChunkService::WithRawCallbackMethod_GetChunk<v1::ChunkService::Service>>;

class Sink final : public Methods {
 public:
  ServerUnaryReactor* PutChunk(CallbackServerContext* context, const ByteBuffer*,
                               ByteBuffer* response) override {
    grpc::Slice nothing("");
    *response = ByteBuffer(&nothing, 1);
    return Finished(context);
  }

  ServerUnaryReactor* GetChunk(CallbackServerContext* context, const ByteBuffer* request,
                               ByteBuffer* response) override {
    grpc::Slice asked;
    uint64_t size = 0;
    if (request->DumpToSingleSlice(&asked).ok() && asked.size() == sizeof size) {
      std::memcpy(&size, asked.begin(), sizeof size);
    }
    size = std::min(size, kRawChunkSize);
    // Other bytes each time: a store has more of them than a cache holds.
    const uint64_t chunk = next_.fetch_add(1) % (bytes_.size() / kRawChunkSize);
    grpc::Slice bytes(bytes_.data() + chunk * kRawChunkSize, size, grpc::Slice::STATIC_SLICE);
    *response = ByteBuffer(&bytes, 1);
    return Finished(context);
  }

 private:
  static ServerUnaryReactor* Finished(CallbackServerContext* context) {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const std::string bytes_ = RandomBytes(64 * kMiB);
  std::atomic<uint64_t> next_ = 0;
};

}  // namespace

std::string EncodeCount(uint64_t count) {
  return {reinterpret_cast<const char*>(&count), sizeof count};
}

std::unique_ptr<grpc::Service> MakeSink() { return std::make_unique<Sink>(); }

}  // namespace trebol::bench
