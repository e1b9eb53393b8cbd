#include "storage-node/service/chunk_service.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
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
  ChunkService(InternalDoor door, ChunkStore& store, MapView& map)
      : door_(std::move(door)), store_(store), map_(map) {}

  ServerUnaryReactor* PutChunk(CallbackServerContext* context, const grpc::ByteBuffer* request,
                               grpc::ByteBuffer* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
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
  const InternalDoor door_;
  ChunkStore& store_;
  MapView& map_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeChunkService(InternalDoor door, ChunkStore& store,
                                                MapView& map) {
  return std::make_unique<ChunkService>(std::move(door), store, map);
}

}  // namespace trebol
