#include "storage-node/service/chunk_service.h"

#include <utility>

#include "common/async/semaphore.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/status_conversion.h"
#include "storage-node/service/chunk_calls.h"
#include "trebol/v1/chunk.grpc.pb.h"

namespace trebol {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

using Payloads = v1::ChunkService::WithRawCallbackMethod_PutChunk<
    v1::ChunkService::WithRawCallbackMethod_GetChunk<v1::ChunkService::Service>>;
using AllMethods = v1::ChunkService::WithCallbackMethod_StatChunk<
    v1::ChunkService::WithCallbackMethod_DeleteVersions<
        v1::ChunkService::WithCallbackMethod_ReportSession<Payloads>>>;

class ChunkService final : public AllMethods {
 public:
  ChunkService(InternalDoor door, ChunkStore& store, MapView& map, uint64_t put_memory)
      : door_(std::move(door)), store_(store), map_(map), memory_(Semaphore::Create(put_memory)) {}

  ServerUnaryReactor* PutChunk(CallbackServerContext* context, const grpc::ByteBuffer* request,
                               grpc::ByteBuffer* response) override {
    // Calls that wait hold their bytes: behind a disk that stalls they would fill the memory.
    auto permit = memory_->TryAcquire(request->Length());
    if (!permit.has_value()) return Refuse(context);
    auto held = std::make_shared<Semaphore::Permit>(*std::move(permit));
    return door_.Serve(context, [this, request, response, held](const RequestContextPtr&) {
      v1::PutChunkRequest header;
      ASSIGN_OR_RETURN(const Bytes data, DecodeWithPayload(*request, &header));
      ASSIGN_OR_RETURN(const v1::PutChunkResponse answer,
                       trebol::PutChunk(store_, map_, header, data));
      *response = Encode(answer);
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* GetChunk(CallbackServerContext* context, const grpc::ByteBuffer* request,
                               grpc::ByteBuffer* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      v1::GetChunkRequest asked;
      RETURN_IF_ERROR(Decode(*request, &asked));
      ASSIGN_OR_RETURN(const GetChunkResult chunk, trebol::GetChunk(store_, map_, asked));
      *response = EncodeWithPayload(chunk.header, chunk.data);
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* StatChunk(CallbackServerContext* context, const v1::StatChunkRequest* request,
                                v1::StatChunkResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, trebol::StatChunk(store_, map_, *request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* DeleteVersions(CallbackServerContext* context,
                                     const v1::DeleteVersionsRequest* request,
                                     v1::DeleteVersionsResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, trebol::DeleteVersions(store_, map_, *request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ReportSession(CallbackServerContext* context,
                                    const v1::ReportSessionRequest* request,
                                    v1::ReportSessionResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, trebol::ReportSession(store_, map_, *request));
      return absl::OkStatus();
    });
  }

 private:
  static ServerUnaryReactor* Refuse(CallbackServerContext* context) {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(ToGrpcStatus(
        MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
                  "writes that wait for this node's disk hold all the memory that they may; slow "
                  "down and try again")));
    return reactor;
  }

  const InternalDoor door_;
  ChunkStore& store_;
  MapView& map_;
  const std::shared_ptr<Semaphore> memory_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeChunkService(InternalDoor door, ChunkStore& store, MapView& map,
                                                uint64_t put_memory) {
  return std::make_unique<ChunkService>(std::move(door), store, map, put_memory);
}

}  // namespace trebol
