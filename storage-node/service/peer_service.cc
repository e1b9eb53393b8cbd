#include "storage-node/service/peer_service.h"

#include <utility>

#include "common/base/status_macros.h"
#include "storage-node/service/peer_calls.h"
#include "trebol/v1/chunk.grpc.pb.h"

namespace trebol {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class PeerService final : public v1::PeerService::CallbackService {
 public:
  PeerService(InternalDoor door, ChunkStore& store, ChunkInventory& inventory, MapView& map)
      : door_(std::move(door)), store_(store), inventory_(inventory), map_(map) {}

  ServerUnaryReactor* ComparePartitions(CallbackServerContext* context,
                                        const v1::ComparePartitionsRequest* request,
                                        v1::ComparePartitionsResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, trebol::ComparePartitions(
                                      inventory_, store_.Statistics().uncertain, map_, *request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ListChunks(CallbackServerContext* context,
                                 const v1::ListChunksRequest* request,
                                 v1::ListChunksResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, trebol::ListChunks(inventory_, map_, *request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ListVersions(CallbackServerContext* context,
                                   const v1::ListVersionsRequest* request,
                                   v1::ListVersionsResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, trebol::ListVersions(inventory_, store_.Statistics().incarnation,
                                                       map_, *request));
      return absl::OkStatus();
    });
  }

 private:
  const InternalDoor door_;
  ChunkStore& store_;
  ChunkInventory& inventory_;
  MapView& map_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakePeerService(InternalDoor door, ChunkStore& store,
                                               ChunkInventory& inventory, MapView& map) {
  return std::make_unique<PeerService>(std::move(door), store, inventory, map);
}

}  // namespace trebol
