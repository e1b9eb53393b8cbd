// Whatever a peer asks of a storage node, and whatever map it is told: each call is carried out or
// refused, one that is refused changes nothing, and calls of one batch concern no other.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/check.h"
#include "common/base/proto_ids.h"
#include "common/checksum/crc32c.h"
#include "common/cluster/cluster_map.h"
#include "storage-node/service/chunk_calls.h"
#include "tests/fuzz/run_target.h"
#include "tests/testing/fake_chunk_store.h"

namespace trebol {
namespace {

constexpr int kMostCalls = 12;
constexpr uint64_t kNode = 1;

std::shared_ptr<const ClusterMap> Map() {
  v1::ClusterMap map;
  map.set_epoch(5);
  map.mutable_constants()->set_partitions(2);
  map.mutable_constants()->set_copies(1);
  map.mutable_constants()->set_write_quorum(1);
  map.add_nodes()->set_id(kNode);
  for (uint32_t partition = 0; partition < 2; ++partition) {
    v1::PartitionEntry* entry = map.add_partitions();
    entry->set_partition(partition);
    entry->set_epoch(5);
    entry->add_serving(kNode);
  }
  return *ClusterMap::FromProto(map);
}

class Calls {
 public:
  Calls(FuzzInput* input, Score* score) : input_(*input), maker_(input), score_(*score) {
    TREBOL_CHECK(map_.Install(Map()).ok());
    for (const uint64_t node : {uint64_t{kNode}, uint64_t{kNode}, uint64_t{2}}) {
      maker_.Know("node", node);
    }
    for (const uint64_t epoch : {5, 5, 4, 6}) maker_.Know("epoch", epoch);
    for (const uint64_t partition : {0, 1}) maker_.Know("partition", partition);
    for (const uint64_t number : {1, 2}) {
      for (const char* field : {"sequence", "session", "generation", "index", "length"}) {
        maker_.Know(field, number);
      }
    }
    for (const char* field : {"node", "epoch", "chunk", "version"}) maker_.SetOften(field, 8);
    for (const uint64_t epoch : {5, 8}) maker_.Know("map_epoch", epoch);
    for (const char* field : {"id", "serving", "incoming"}) maker_.Know(field, kNode);
  }

  void Run() {
    for (int i = 0; i < kMostCalls && !input_.empty(); ++i) One(input_.Byte() % 6);
  }

 private:
  // What metadata may say of the cluster, or somebody in its place: epochs never fall.
  void Install() {
    const Epoch before = map_.map_epoch();
    v1::ClusterMap proto = Map()->proto();
    if (input_.Byte() % 4 == 3) {
      proto.Clear();
      maker_.Fill(&proto);
    } else {
      proto.set_epoch(proto.epoch() + input_.Byte() % 4);
      maker_.Fill(proto.mutable_partitions(input_.Byte() % 2));
    }
    const auto map = ClusterMap::FromProto(proto);
    const bool installed = map.ok() && map_.Install(*map).ok();
    score_.Count("Install", installed);
    TREBOL_CHECK(map_.map_epoch() >= (installed ? std::max(before, (*map)->epoch()) : before));
  }

  void One(uint8_t call) {
    switch (call) {
      case 5:
        return Install();
      case 0:
        return Put();
      case 1: {
        const auto request = Make<v1::GetChunkRequest>();
        const auto chunk = GetChunk(store_, map_, request);
        score_.Count("GetChunk", chunk.ok());
        if (!chunk.ok()) return;
        TREBOL_CHECK(request.node() == kNode);
        TREBOL_CHECK(chunk->header.crc32c() == Crc32c(chunk->data));
        return;
      }
      case 2: {
        const auto request = Make<v1::StatChunkRequest>();
        const auto stat = StatChunk(store_, map_, request);
        score_.Count("StatChunk", stat.ok());
        if (stat.ok()) TREBOL_CHECK(stat->entries_size() == request.chunks_size());
        return;
      }
      case 3: {
        const auto request = Make<v1::DeleteVersionsRequest>();
        const auto deleted = DeleteVersions(store_, map_, request);
        score_.Count("DeleteVersions", deleted.ok());
        if (deleted.ok()) TREBOL_CHECK(request.node() == kNode);
        return;
      }
      default: {
        const auto request = Make<v1::ReportSessionRequest>();
        const auto reported = ReportSession(store_, map_, request);
        score_.Count("ReportSession", reported.ok());
        if (reported.ok()) TREBOL_CHECK(request.node() == kNode);
        return;
      }
    }
  }

  void Put() {
    std::vector<PutChunkCall> calls(1 + input_.Byte() % 4);
    for (PutChunkCall& call : calls) {
      call.request = Make<v1::PutChunkRequest>();
      if (input_.Byte() % 4 != 3) call.request.clear_entry();
      call.data = Bytes(input_.Bytes(32));
      call.request.clear_data();
      if (input_.Byte() % 4 != 3) call.request.set_crc32c(Crc32c(call.data));
      const ChunkId id = ChunkIdOf(call.request.chunk());
      if (input_.Byte() % 4 != 3) {
        call.request.set_partition(static_cast<uint32_t>(PartitionOf(id, 2).value));
      }
    }
    const auto answers = PutChunks(store_, map_, calls);
    TREBOL_CHECK(answers.size() == calls.size());
    for (size_t i = 0; i < calls.size(); ++i) {
      score_.Count("PutChunk", answers[i].ok());
      if (!answers[i].ok()) continue;
      const v1::PutChunkRequest& request = calls[i].request;
      TREBOL_CHECK(request.node() == kNode && request.epoch() >= 5);
      const auto stored = store_.Get(ChunkIdOf(request.chunk()), 0, 0);
      TREBOL_CHECK(stored.ok() && stored->data == calls[i].data);
    }
  }

  template <typename Message>
  Message Make() {
    Message message;
    maker_.Fill(&message);
    return message;
  }

  FuzzInput& input_;
  MessageMaker maker_;
  Score& score_;
  FakeChunkStore store_;
  MapView map_{NodeId(kNode), store_};
};

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return trebol::RunTarget<trebol::Calls>(data, size);
}
