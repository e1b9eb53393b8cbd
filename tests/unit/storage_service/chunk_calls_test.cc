#include "storage-node/service/chunk_calls.h"

#include <gmock/gmock.h>
#include <grpcpp/impl/service_type.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/rpc/rpc_server.h"
#include "common/stub/grpc_storage_stub.h"
#include "storage-node/service/chunk_service.h"
#include "storage-node/service/peer_calls.h"
#include "tests/testing/fake_chunk_store.h"

namespace trebol {
namespace {

using testing::ElementsAre;

std::shared_ptr<const ClusterMap> OnePartition() {
  v1::ClusterMap map;
  map.set_epoch(5);
  map.mutable_constants()->set_partitions(1);
  map.mutable_constants()->set_copies(1);
  map.mutable_constants()->set_write_quorum(1);
  map.add_nodes()->set_id(1);
  v1::PartitionEntry* entry = map.add_partitions();
  entry->set_epoch(5);
  entry->add_serving(1);
  return *ClusterMap::FromProto(map);
}

const ChunkId kChunk{{Generation(7), SessionId(8), 9}, 10};

v1::PutChunkRequest PutRequest(const Bytes& data) {
  v1::PutChunkRequest request;
  request.set_node(1);
  *request.mutable_chunk() = ToProto(kChunk);
  request.set_epoch(5);
  request.set_crc32c(Crc32c(data));
  return request;
}

v1::GetChunkRequest GetRequest(uint64_t offset, uint64_t length, uint64_t epoch = 5) {
  v1::GetChunkRequest request;
  request.set_node(1);
  *request.mutable_chunk() = ToProto(kChunk);
  request.set_epoch(epoch);
  request.set_offset(offset);
  request.set_length(length);
  return request;
}

class ChunkCalls : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(map_.Install(OnePartition()).ok()); }
  absl::StatusOr<v1::PutChunkResponse> Put(const v1::PutChunkRequest& request, const Bytes& data) {
    const PutChunkCall call{request, data};
    return PutChunks(store_, map_, {&call, 1}).front();
  }
  FakeChunkStore store_;
  MapView map_{NodeId(1), store_};
  const Bytes data_ = Bytes(std::string(3000, 'x') + "end");
};

TEST_F(ChunkCalls, StoreReadAndDeleteAChunk) {
  auto request = PutRequest(data_);
  request.set_hint_for(4);
  request.mutable_lineage()->set_term(3);
  request.mutable_lineage()->set_index(33);
  EXPECT_FALSE(Put(request, data_)->already_stored());
  EXPECT_TRUE(Put(request, data_)->already_stored());
  EXPECT_EQ(store_.last_options.hint_for, NodeId(4));
  EXPECT_EQ(store_.last_options.lineage, (LogLineage{3, LogIndex(33)}));
  const auto part = GetChunk(store_, map_, GetRequest(3000, 3));
  ASSERT_TRUE(part.ok());
  EXPECT_EQ(part->data, "end");
  EXPECT_EQ(part->header.crc32c(), Crc32c("end"));
  EXPECT_EQ(part->header.chunk_size(), 3003u);
  v1::DeleteVersionsRequest remove;
  remove.set_node(1);
  *remove.add_versions() = ToProto(kChunk.version);
  remove.set_map_epoch(4);
  EXPECT_EQ(ReasonOf(DeleteVersions(store_, map_, remove).status()), v1::STALE_EPOCH);
  remove.set_map_epoch(5);
  EXPECT_EQ(DeleteVersions(store_, map_, remove)->freed_bytes(), 3003u);
  EXPECT_EQ(DeleteVersions(store_, map_, remove)->freed_chunks(), 0u);
  EXPECT_EQ(ReasonOf(Put(request, data_).status()), v1::VERSION_DELETED);
}

TEST_F(ChunkCalls, ListVersionsPageByPage) {
  for (uint64_t i = 1; i <= 3; ++i) {
    auto put = PutRequest(data_);
    put.mutable_chunk()->mutable_version()->set_sequence(i);
    ASSERT_TRUE(Put(put, data_).ok());
  }
  v1::ListVersionsRequest request;
  request.set_node(2);
  request.set_limit(2);
  EXPECT_EQ(ReasonOf(ListVersions(store_, 4, map_, request).status()), v1::WRONG_NODE);
  request.set_node(1);
  auto page = ListVersions(store_, 4, map_, request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->incarnation(), 4u);
  ASSERT_EQ(page->versions_size(), 2);
  EXPECT_TRUE(page->more());
  EXPECT_EQ(page->versions(1).id().sequence(), 2u);
  EXPECT_EQ(page->versions(1).chunks(), 1u);
  EXPECT_EQ(page->versions(1).bytes(), data_.size());
  *request.mutable_after() = page->versions(1).id();
  page = ListVersions(store_, 4, map_, request);
  ASSERT_EQ(page->versions_size(), 1);
  EXPECT_FALSE(page->more());
}

TEST_F(ChunkCalls, RefuseWhatIsMeantForAnotherNode) {
  auto put = PutRequest(data_);
  ASSERT_TRUE(Put(put, data_).ok());
  put.mutable_chunk()->set_index(11);
  auto get = GetRequest(0, 0);
  v1::StatChunkRequest stat;
  v1::DeleteVersionsRequest remove;
  v1::ReportSessionRequest report;
  *remove.add_versions() = ToProto(kChunk.version);
  remove.set_map_epoch(5);
  for (const uint64_t other : {0, 2}) {
    put.set_node(other);
    get.set_node(other);
    stat.set_node(other);
    remove.set_node(other);
    report.set_node(other);
    for (const absl::Status& status :
         {Put(put, data_).status(), GetChunk(store_, map_, get).status(),
          StatChunk(store_, map_, stat).status(), DeleteVersions(store_, map_, remove).status(),
          ReportSession(store_, map_, report).status()}) {
      EXPECT_EQ(ReasonOf(status), v1::WRONG_NODE) << status;
    }
  }
  EXPECT_EQ(store_.Stat(kChunk)->state, ChunkState::kPresent);
  EXPECT_EQ(store_.Stat(ChunkIdOf(put.chunk()))->state, ChunkState::kAbsent);
}

TEST_F(ChunkCalls, RefuseSizesThatNoChunkHas) {
  EXPECT_EQ(ReasonOf(Put(PutRequest(Bytes()), Bytes()).status()), v1::INVALID_ARGUMENT);
  const Bytes large(std::string(kMaxChunkSize + 1, 'x'));
  EXPECT_EQ(ReasonOf(Put(PutRequest(large), large).status()), v1::INVALID_ARGUMENT);
}

TEST_F(ChunkCalls, PutsOfOneCallAreJudgedOneByOne) {
  std::vector<PutChunkCall> calls(5, {PutRequest(data_), data_});
  calls[1].request.set_node(2);
  calls[2].request.mutable_chunk()->set_index(11);
  calls[3].request.mutable_chunk()->set_index(12);
  calls[3].request.set_crc32c(1);
  calls[4].request.set_epoch(4);
  const auto answers = PutChunks(store_, map_, calls);
  ASSERT_EQ(answers.size(), 5u);
  EXPECT_TRUE(answers[0].ok());
  EXPECT_EQ(ReasonOf(answers[1].status()), v1::WRONG_NODE);
  EXPECT_TRUE(answers[2].ok());
  EXPECT_EQ(ReasonOf(answers[3].status()), v1::CHECKSUM_MISMATCH);
  EXPECT_EQ(ReasonOf(answers[4].status()), v1::STALE_EPOCH);
  EXPECT_TRUE(PutChunks(store_, map_, {}).empty());
}

TEST_F(ChunkCalls, RefuseAStaleWriterBeforeAnythingIsWritten) {
  auto request = PutRequest(data_);
  request.set_epoch(4);
  EXPECT_EQ(ReasonOf(Put(request, data_).status()), v1::STALE_EPOCH);
  EXPECT_EQ(store_.Stat(kChunk)->state, ChunkState::kAbsent);
}

TEST_F(ChunkCalls, ReadersWithAnOldMapAreServedAndToldOnAMissOnly) {
  EXPECT_EQ(ReasonOf(GetChunk(store_, map_, GetRequest(0, 0, 4)).status()), v1::STALE_EPOCH);
  EXPECT_EQ(ReasonOf(GetChunk(store_, map_, GetRequest(0, 0, 5)).status()), v1::CHUNK_NOT_FOUND);
  ASSERT_TRUE(Put(PutRequest(data_), data_).ok());
  EXPECT_TRUE(GetChunk(store_, map_, GetRequest(0, 0, 4)).ok());
  EXPECT_TRUE(absl::IsOutOfRange(GetChunk(store_, map_, GetRequest(3000, 4)).status()));
  store_.failure = MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, "rotten");
  EXPECT_EQ(ReasonOf(GetChunk(store_, map_, GetRequest(0, 0)).status()), v1::CHUNK_CORRUPT);
}

TEST_F(ChunkCalls, StatAnswersInOrderAndUpToALimit) {
  ASSERT_TRUE(Put(PutRequest(data_), data_).ok());
  v1::StatChunkRequest request;
  request.set_node(1);
  ChunkId absent = kChunk;
  absent.index = 99;
  *request.add_chunks() = ToProto(absent);
  *request.add_chunks() = ToProto(kChunk);
  auto response = StatChunk(store_, map_, request);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->entries(0).state(), v1::StatChunkResponse::ABSENT);
  EXPECT_EQ(response->entries(1).state(), v1::StatChunkResponse::PRESENT);
  EXPECT_EQ(response->entries(1).size(), 3003u);
  store_.uncertain = true;
  EXPECT_EQ(StatChunk(store_, map_, request)->entries(0).state(), v1::StatChunkResponse::UNKNOWN);
  for (int i = 0; i < 10'000; ++i) request.add_chunks();
  EXPECT_EQ(ReasonOf(StatChunk(store_, map_, request).status()), v1::INVALID_ARGUMENT);
}

TEST_F(ChunkCalls, ConfirmOnlyWhatTheyHaveRead) {
  ASSERT_TRUE(Put(PutRequest(data_), data_).ok());
  v1::StatChunkRequest request;
  request.set_node(1);
  *request.mutable_at() = OnePartition()->proto().partitions(0);
  *request.add_chunks() = ToProto(kChunk);
  EXPECT_EQ(StatChunk(store_, map_, request)->entries(0).state(), v1::StatChunkResponse::PRESENT);
  store_.failure = MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, "rotten");
  EXPECT_NE(StatChunk(store_, map_, request)->entries(0).state(), v1::StatChunkResponse::PRESENT)
      << "a copy was confirmed that nobody can read";
}

TEST_F(ChunkCalls, ConfirmOnlyAtExactlyTheirEpoch) {
  ASSERT_TRUE(Put(PutRequest(data_), data_).ok());
  v1::StatChunkRequest request;
  request.set_node(1);
  *request.add_chunks() = ToProto(kChunk);
  v1::PartitionEntry& at = *request.mutable_at();
  at = OnePartition()->proto().partitions(0);
  EXPECT_TRUE(StatChunk(store_, map_, request).ok());
  at.set_epoch(4);
  EXPECT_EQ(ReasonOf(StatChunk(store_, map_, request).status()), v1::STALE_EPOCH)
      << "a copy was confirmed to whoever knows an older set";
  at.set_epoch(6);
  EXPECT_TRUE(StatChunk(store_, map_, request).ok()) << "the newer entry came along";
  at.set_epoch(5);
  EXPECT_EQ(ReasonOf(StatChunk(store_, map_, request).status()), v1::STALE_EPOCH);
  at.set_epoch(7);
  at.set_serving(0, 2);
  EXPECT_EQ(ReasonOf(StatChunk(store_, map_, request).status()), v1::STALE_EPOCH)
      << "who is no member any more confirms nothing: it may forget its copy at once";
}

TEST_F(ChunkCalls, AStatSaysForWhomACopyIsAndSinceWhenItIsGood) {
  auto put = PutRequest(data_);
  put.set_hint_for(4);
  ASSERT_TRUE(Put(put, data_).ok());
  store_.verified_since = absl::FromUnixMicros(1'234'567);
  v1::StatChunkRequest request;
  request.set_node(1);
  *request.add_chunks() = ToProto(kChunk);
  auto response = StatChunk(store_, map_, request);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->entries(0).hint_for(), 4u);
  EXPECT_EQ(response->entries(0).verified_us(), 1'234'567);
  EXPECT_EQ(store_.reads(), 0) << "it is answered from the index";
  store_.verified_since = absl::InfinitePast();
  EXPECT_EQ(StatChunk(store_, map_, request)->entries(0).verified_us(), 0);
}

TEST_F(ChunkCalls, AStatThatVerifiesReadsTheBytes) {
  ASSERT_TRUE(Put(PutRequest(data_), data_).ok());
  v1::StatChunkRequest request;
  request.set_node(1);
  request.set_verify(true);
  *request.add_chunks() = ToProto(kChunk);
  request.add_chunks();
  const absl::Time before = absl::Now();
  auto response = StatChunk(store_, map_, request);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->entries(0).state(), v1::StatChunkResponse::PRESENT);
  EXPECT_GE(response->entries(0).verified_us(), absl::ToUnixMicros(before));
  EXPECT_EQ(response->entries(1).state(), v1::StatChunkResponse::ABSENT);
  EXPECT_EQ(store_.reads(), 1);
  store_.rotten = true;
  response = StatChunk(store_, map_, request);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->entries(0).state(), v1::StatChunkResponse::CORRUPT);
  EXPECT_EQ(response->entries(0).verified_us(), 0);
  for (int i = 0; i < 63; ++i) request.add_chunks();
  EXPECT_EQ(ReasonOf(StatChunk(store_, map_, request).status()), v1::INVALID_ARGUMENT);
}

TEST_F(ChunkCalls, ASessionReportArrivesWhole) {
  v1::ReportSessionRequest request;
  request.set_node(1);
  request.mutable_session()->set_session(8);
  request.mutable_session()->set_generation(7);
  request.mutable_session()->set_decided_below(50);
  request.mutable_session()->add_open(48);
  request.mutable_session()->set_replicated_below(40);
  request.mutable_session()->add_owed(30);
  request.mutable_lineage()->set_index(77);
  ASSERT_TRUE(ReportSession(store_, map_, request).ok());
  const SessionMarks expected{Generation(7), SessionId(8), 50, {48}, 40, {30}};
  EXPECT_EQ(store_.last_marks, expected);
  EXPECT_EQ(store_.last_lineage.index, LogIndex(77));
}

/// The same through gRPC: the service and the stub of the gateways.
class ChunkServiceTest : public ChunkCalls {
 protected:
  void SetUp() override {
    ChunkCalls::SetUp();
    identity_->Adopt("cluster", Generation(7));
  }
  Runtime runtime_{1};
  std::shared_ptr<Identity> identity_ =
      std::make_shared<Identity>("a secret of thirty-two characters");
  std::unique_ptr<grpc::Service> service_ = MakeChunkService(
      InternalDoor(identity_, std::make_shared<BlockingPool>(BlockingPool::Options{.threads = 2})),
      store_, map_, kMaxMessageSize);
  std::unique_ptr<RpcServer> server_ = *RpcServer::Start("127.0.0.1:0", {service_.get()});
  std::shared_ptr<Channels> channels_ = std::make_shared<Channels>(DialTcp);
  GrpcStorageStub stub_{channels_, identity_,
                        std::make_shared<Batcher>(runtime_, channels_, identity_)};
};

TEST_F(ChunkServiceTest, SmallChunksThatTravelTogetherKeepTheirOwnBytesAndErrors) {
  constexpr uint32_t kThreads = 16, kEach = 40;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint32_t i = 0; i < kEach; ++i) {
        const Bytes data(absl::StrCat("chunk ", thread, "/", i, std::string(i * 20, '.')));
        auto header = PutRequest(data);
        header.mutable_chunk()->set_index(thread * kEach + i);
        const bool bad = i % 10 == 9;
        if (bad) header.set_crc32c(~header.crc32c());
        const auto put = runtime_.BlockOn(
            stub_.PutChunk(BackgroundContext(), server_->endpoint(), header, data));
        if (bad ? ReasonOf(put.status()) != v1::CHECKSUM_MISMATCH : !put.ok()) ++wrong;
        auto asked = GetRequest(0, data.size());
        *asked.mutable_chunk() = header.chunk();
        const auto got =
            runtime_.BlockOn(stub_.GetChunk(BackgroundContext(), server_->endpoint(), asked));
        if (bad ? !absl::IsNotFound(got.status()) : !got.ok() || got->data != data) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ChunkServiceTest, CarriesChunksOfAllSizes) {
  for (const size_t size : {size_t{1}, size_t{20}, size_t{23}, size_t{24}, size_t{70'000},
                            static_cast<size_t>(kMaxChunkSize)}) {
    const Bytes data(std::string(size, static_cast<char>('a' + size % 20)));
    auto header = PutRequest(data);
    header.mutable_chunk()->set_index(static_cast<uint32_t>(size));
    const auto put =
        runtime_.BlockOn(stub_.PutChunk(BackgroundContext(), server_->endpoint(), header, data));
    ASSERT_TRUE(put.ok()) << put.status();
    auto asked = GetRequest(0, size);
    *asked.mutable_chunk() = header.chunk();
    auto got = runtime_.BlockOn(stub_.GetChunk(BackgroundContext(), server_->endpoint(), asked));
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_TRUE(got->data == data);
    EXPECT_EQ(got->header.crc32c(), Crc32c(data));
    EXPECT_TRUE(got->header.data().empty());
  }
}

TEST_F(ChunkServiceTest, RefusesPutsForWhichItHasNoMemory) {
  const Bytes data(std::string(static_cast<size_t>(kMaxChunkSize), 'x'));
  const auto put = [&](uint32_t index) {
    auto header = PutRequest(data);
    header.mutable_chunk()->set_index(index);
    return runtime_.BlockOn(stub_.PutChunk(BackgroundContext(), server_->endpoint(), header, data))
        .status();
  };
  store_.Hold();  // a disk that stalls
  auto first = std::async(std::launch::async, [&] { return put(1); });
  store_.AwaitHeld(1);
  const absl::Status refused = put(2);
  EXPECT_EQ(ReasonOf(refused), v1::OVERLOADED) << refused;
  EXPECT_GE(RetryAfterOf(refused).value_or(absl::ZeroDuration()), absl::Milliseconds(50));
  EXPECT_EQ(
      runtime_.BlockOn(stub_.GetChunk(BackgroundContext(), server_->endpoint(), GetRequest(0, 1)))
          .status()
          .code(),
      absl::StatusCode::kNotFound);
  store_.Release();
  EXPECT_TRUE(first.get().ok());
  // The memory is given back a moment after the answer.
  absl::Status again;
  for (int i = 0; i < 1000 && !(again = put(2)).ok(); ++i) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_TRUE(again.ok()) << again;
}

TEST_F(ChunkServiceTest, WhatIsInMemoryIsReadWhileEveryThreadWaitsForTheDisk) {
  const auto put = [&](uint32_t index) {
    auto header = PutRequest(data_);
    header.mutable_chunk()->set_index(index);
    return runtime_.BlockOn(stub_.PutChunk(BackgroundContext(), server_->endpoint(), header, data_))
        .status();
  };
  const auto get = [&](uint64_t length) {
    auto asked = GetRequest(0, length);
    asked.mutable_chunk()->set_index(1);
    return runtime_.BlockOn(stub_.GetChunk(BackgroundContext(), server_->endpoint(), asked));
  };
  ASSERT_TRUE(put(1).ok());
  store_.Hold();
  std::vector<std::future<absl::Status>> puts;
  for (uint32_t index : {2, 3}) {  // one for each thread of the pool
    puts.push_back(std::async(std::launch::async, [&put, index] { return put(index); }));
  }
  store_.AwaitHeld(2);
  const auto warm = get(100);
  ASSERT_TRUE(warm.ok()) << warm.status();
  EXPECT_TRUE(warm->data == data_.Subcord(0, 100));
  EXPECT_EQ(warm->header.crc32c(), Crc32c(warm->data));
  EXPECT_EQ(warm->header.chunk_size(), data_.size());

  store_.cold = true;
  auto waits = std::async(std::launch::async, [&] { return get(200); });
  EXPECT_EQ(waits.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  store_.Release();
  const auto cold = waits.get();
  ASSERT_TRUE(cold.ok()) << cold.status();
  EXPECT_TRUE(cold->data == data_.Subcord(0, 200));
  for (auto& one : puts) EXPECT_TRUE(one.get().ok());
}

TEST_F(ChunkServiceTest, CarriesReasonsAndTheOtherCalls) {
  const auto missed = runtime_.BlockOn(
      stub_.GetChunk(BackgroundContext(), server_->endpoint(), GetRequest(0, 1, 4)));
  EXPECT_EQ(ReasonOf(missed.status()), v1::STALE_EPOCH);
  v1::PartitionEntry entry;
  EXPECT_TRUE(entry.ParseFromString(AttachmentOf(missed.status())));
  EXPECT_EQ(entry.epoch(), 5u);
  v1::StatChunkRequest stat;
  stat.set_node(1);
  *stat.add_chunks() = ToProto(kChunk);
  EXPECT_EQ(runtime_.BlockOn(stub_.StatChunk(BackgroundContext(), server_->endpoint(), stat))
                ->entries_size(),
            1);
  v1::ReportSessionRequest report;
  report.set_node(1);
  EXPECT_TRUE(
      runtime_.BlockOn(stub_.ReportSession(BackgroundContext(), server_->endpoint(), report)).ok());
  v1::DeleteVersionsRequest remove;
  remove.set_node(1);
  remove.set_map_epoch(5);
  EXPECT_TRUE(
      runtime_.BlockOn(stub_.DeleteVersions(BackgroundContext(), server_->endpoint(), remove))
          .ok());
}

}  // namespace
}  // namespace trebol
