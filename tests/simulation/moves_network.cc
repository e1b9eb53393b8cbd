#include "tests/simulation/moves_network.h"

#include "common/base/status_macros.h"
#include "storage-node/service/chunk_calls.h"
#include "storage-node/service/peer_calls.h"

namespace trebol::simulation {
namespace {

class NetworkPeerStub final : public PeerStub {
 public:
  explicit NetworkPeerStub(MovesNetwork& network) : network_(network) {}

  Task<v1::ComparePartitionsResponse> ComparePartitions(
      RequestContextPtr, std::string endpoint, v1::ComparePartitionsRequest request) override {
    co_return network_.Deliver<v1::ComparePartitionsResponse>(
        endpoint, [&request](const MovesNetwork::Server& server) {
          return trebol::ComparePartitions(*server.store, false, *server.map, request);
        });
  }
  Task<v1::ListChunksResponse> ListChunks(RequestContextPtr, std::string endpoint,
                                          v1::ListChunksRequest request) override {
    co_return network_.Deliver<v1::ListChunksResponse>(
        endpoint, [&request](const MovesNetwork::Server& server) {
          return trebol::ListChunks(*server.store, *server.map, request);
        });
  }
  Task<v1::ListVersionsResponse> ListVersions(RequestContextPtr, std::string,
                                              v1::ListVersionsRequest) override {
    co_return absl::UnimplementedError("metadata asks for versions, and there is none here");
  }

 private:
  MovesNetwork& network_;
};

class NetworkStorageStub final : public StorageStub {
 public:
  explicit NetworkStorageStub(MovesNetwork& network) : network_(network) {}

  Task<v1::PutChunkResponse> PutChunk(RequestContextPtr, std::string endpoint,
                                      v1::PutChunkRequest header, Bytes data) override {
    const PutChunkCall call{std::move(header), std::move(data)};
    co_return network_.Deliver<v1::PutChunkResponse>(
        endpoint, [&call](const MovesNetwork::Server& server) {
          return std::move(PutChunks(*server.store, *server.map, {&call, 1}).front());
        });
  }
  Task<ChunkAnswer> GetChunk(RequestContextPtr, std::string endpoint,
                             v1::GetChunkRequest request) override {
    co_return network_.Deliver<ChunkAnswer>(
        endpoint, [&request](const MovesNetwork::Server& server) -> absl::StatusOr<ChunkAnswer> {
          ASSIGN_OR_RETURN(GetChunkResult chunk,
                           trebol::GetChunk(*server.store, *server.map, request));
          return ChunkAnswer{std::move(chunk.header), std::move(chunk.data)};
        });
  }
  Task<v1::StatChunkResponse> StatChunk(RequestContextPtr, std::string endpoint,
                                        v1::StatChunkRequest request) override {
    co_return network_.Deliver<v1::StatChunkResponse>(
        endpoint, [&request](const MovesNetwork::Server& server) {
          return trebol::StatChunk(*server.store, *server.map, request);
        });
  }
  Task<v1::DeleteVersionsResponse> DeleteVersions(RequestContextPtr, std::string endpoint,
                                                  v1::DeleteVersionsRequest request) override {
    co_return network_.Deliver<v1::DeleteVersionsResponse>(
        endpoint, [&request](const MovesNetwork::Server& server) {
          return trebol::DeleteVersions(*server.store, *server.map, request);
        });
  }
  Task<v1::ReportSessionResponse> ReportSession(RequestContextPtr, std::string,
                                                v1::ReportSessionRequest) override {
    co_return absl::UnimplementedError("no gateway sessions here");
  }

 private:
  MovesNetwork& network_;
};

}  // namespace

std::shared_ptr<PeerStub> MovesNetwork::peer_stub() {
  return std::make_shared<NetworkPeerStub>(*this);
}
std::shared_ptr<StorageStub> MovesNetwork::storage_stub() {
  return std::make_shared<NetworkStorageStub>(*this);
}

}  // namespace trebol::simulation
