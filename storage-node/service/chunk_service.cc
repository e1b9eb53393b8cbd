#include "storage-node/service/chunk_service.h"

#include <memory>
#include <utility>
#include <vector>

#include "common/async/semaphore.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "storage-node/service/chunk_calls.h"
#include "trebol/v1/chunk.grpc.pb.h"

namespace trebol {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

using Payloads = v1::ChunkService::WithRawCallbackMethod_PutChunk<
    v1::ChunkService::WithRawCallbackMethod_GetChunk<
        v1::ChunkService::WithRawCallbackMethod_PutChunkBatch<
            v1::ChunkService::WithRawCallbackMethod_GetChunkBatch<v1::ChunkService::Service>>>>;
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
      PutChunkCall call;
      ASSIGN_OR_RETURN(call.data, DecodeWithPayload(*request, &call.request));
      ASSIGN_OR_RETURN(const v1::PutChunkResponse answer,
                       std::move(PutChunks(store_, map_, {&call, 1}).front()));
      *response = Encode(answer);
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* PutChunkBatch(CallbackServerContext* context, const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    auto permit = memory_->TryAcquire(request->Length());
    if (!permit.has_value()) return Refuse(context);
    auto held = std::make_shared<Semaphore::Permit>(*std::move(permit));
    return door_.ServeBatch(
        context, request, response,
        [this, held](const std::vector<BatchedCall>& calls) { return PutBatch(calls); });
  }

  ServerUnaryReactor* GetChunkBatch(CallbackServerContext* context, const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return door_.ServeReads(
        context, request, response,
        [this](const Bytes& call) -> std::optional<absl::StatusOr<Bytes>> {
          v1::GetChunkRequest asked;
          RETURN_IF_ERROR(Decode(call, &asked));
          const auto chunk = TryGetChunk(store_, map_, asked);
          if (!chunk.has_value()) return std::nullopt;
          return JoinPayload(chunk->header, chunk->data);
        },
        [this](const Bytes& call) -> absl::StatusOr<Bytes> {
          v1::GetChunkRequest asked;
          RETURN_IF_ERROR(Decode(call, &asked));
          ASSIGN_OR_RETURN(const GetChunkResult chunk, trebol::GetChunk(store_, map_, asked));
          return JoinPayload(chunk.header, chunk.data);
        });
  }

  ServerUnaryReactor* GetChunk(CallbackServerContext* context, const grpc::ByteBuffer* request,
                               grpc::ByteBuffer* response) override {
    return door_.ServeQuickly(
        context,
        [this, request, response](const RequestContextPtr&) -> std::optional<absl::Status> {
          v1::GetChunkRequest asked;
          RETURN_IF_ERROR(Decode(*request, &asked));
          const auto chunk = TryGetChunk(store_, map_, asked);
          if (!chunk.has_value()) return std::nullopt;
          *response = EncodeWithPayload(chunk->header, chunk->data);
          return absl::OkStatus();
        },
        [this, request, response](const RequestContextPtr&) {
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
  std::vector<BatchedAnswer> PutBatch(const std::vector<BatchedCall>& calls) {
    std::vector<BatchedAnswer> answers(calls.size());
    std::vector<PutChunkCall> puts;
    std::vector<size_t> readable;
    for (size_t i = 0; i < calls.size(); ++i) {
      PutChunkCall put;
      absl::StatusOr<Bytes> data = SplitPayload(calls[i].request, &put.request);
      if (!data.ok()) {
        answers[i] = data.status();
        continue;
      }
      put.data = *std::move(data);
      puts.push_back(std::move(put));
      readable.push_back(i);
    }
    const auto results = PutChunks(store_, map_, puts);
    for (size_t i = 0; i < readable.size(); ++i) {
      BatchedAnswer& answer = answers[readable[i]];
      if (results[i].ok()) {
        answer = Bytes(results[i]->SerializeAsString());
      } else {
        answer = results[i].status();
      }
    }
    return answers;
  }

  ServerUnaryReactor* Refuse(CallbackServerContext* context) const {
    return door_.Refuse(context,
                        "writes that wait for this node's disk hold all the memory that they may; "
                        "slow down and try again");
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
