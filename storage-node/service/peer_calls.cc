#include "storage-node/service/peer_calls.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr int kMostPartitions = 16 * 1024;
constexpr uint32_t kMostChunks = 10'000;    // of a page: 400 KiB
constexpr uint32_t kMostVersions = 10'000;  // likewise

std::vector<DecidedMark> FromProto(
    const google::protobuf::RepeatedPtrField<v1::SessionMark>& protos) {
  std::vector<DecidedMark> marks;
  for (const v1::SessionMark& proto : protos) {
    marks.push_back(
        {Generation(proto.generation()), SessionId(proto.session()), proto.decided_below()});
  }
  return marks;
}

absl::StatusOr<std::shared_ptr<const MapView::Table>> Admit(const MapView& map, NodeId addressee,
                                                            Epoch map_epoch) {
  RETURN_IF_ERROR(map.CheckAddressee(addressee));
  RETURN_IF_ERROR(map.AdmitPeer(map_epoch));
  auto table = map.table();
  if (table != nullptr) return table;
  return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                   "this node has not read a partition table yet; try again");
}

absl::Status NoSuchPartition(uint32_t partition, size_t partitions) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("partition ", partition, " was asked for; there are ", partitions));
}

}  // namespace

absl::StatusOr<v1::ComparePartitionsResponse> ComparePartitions(
    ChunkInventory& inventory, bool uncertain, MapView& map,
    const v1::ComparePartitionsRequest& request) {
  ASSIGN_OR_RETURN(auto table, Admit(map, NodeId(request.node()), Epoch(request.map_epoch())));
  if (request.partitions_size() > kMostPartitions) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat(request.partitions_size(), " partitions were asked for; at most ",
                                  kMostPartitions, " are answered in a call"));
  }
  for (const v1::PartitionEntry& entry : request.entries()) {
    RETURN_IF_ERROR(map.InstallEntry(entry));
  }
  table = map.table();
  std::vector<PartitionId> asked;
  for (const uint32_t partition : request.partitions()) {
    if (partition >= table->size()) return NoSuchPartition(partition, table->size());
    asked.emplace_back(partition);
  }
  ASSIGN_OR_RETURN(const std::vector<ChunkDigest> digests,
                   inventory.Digests(asked, table->size(), FromProto(request.marks())));
  v1::ComparePartitionsResponse response;
  for (size_t i = 0; i < asked.size(); ++i) {
    v1::ComparePartitionsResponse::Digest* digest = response.add_digests();
    digest->set_chunks(digests[i].chunks);
    digest->set_bytes(digests[i].bytes);
    digest->set_hashes(digests[i].hashes);
    digest->set_epoch((*table)[asked[i].value].epoch.value);
    digest->set_uncertain(uncertain);
  }
  return response;
}

absl::StatusOr<v1::ListChunksResponse> ListChunks(ChunkInventory& inventory, MapView& map,
                                                  const v1::ListChunksRequest& request) {
  ASSIGN_OR_RETURN(const auto table,
                   Admit(map, NodeId(request.node()), Epoch(request.map_epoch())));
  if (request.partition() >= table->size()) {
    return NoSuchPartition(request.partition(), table->size());
  }
  std::optional<ChunkId> after;
  if (request.has_after()) after = ChunkIdOf(request.after());
  const uint32_t limit = std::clamp<uint32_t>(request.limit(), 1, kMostChunks);
  ASSIGN_OR_RETURN(const std::vector<ListedChunk> chunks,
                   inventory.List(PartitionId(request.partition()), table->size(), after, limit,
                                  FromProto(request.marks())));
  v1::ListChunksResponse response;
  for (const ListedChunk& chunk : chunks) {
    v1::ListChunksResponse::Chunk* listed = response.add_chunks();
    *listed->mutable_id() = ToProto(chunk.id);
    listed->set_size(chunk.size);
  }
  response.set_more(chunks.size() == limit);
  return response;
}

absl::StatusOr<v1::ListVersionsResponse> ListVersions(ChunkInventory& inventory,
                                                      uint64_t incarnation, const MapView& map,
                                                      const v1::ListVersionsRequest& request) {
  RETURN_IF_ERROR(map.CheckAddressee(NodeId(request.node())));
  const uint32_t limit = std::clamp<uint32_t>(request.limit(), 1, kMostVersions);
  ASSIGN_OR_RETURN(const VersionPage page, inventory.Versions(VersionIdOf(request.after()), limit));
  v1::ListVersionsResponse response;
  for (const HeldVersion& held : page.versions) {
    v1::ListVersionsResponse::Version* version = response.add_versions();
    *version->mutable_id() = ToProto(held.version);
    version->set_chunks(held.chunks);
    version->set_bytes(held.bytes);
  }
  response.set_more(page.more);
  response.set_incarnation(incarnation);
  return response;
}

}  // namespace trebol
