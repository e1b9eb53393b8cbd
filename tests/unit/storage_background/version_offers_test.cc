// What a gateway's session left behind is offered to metadata, all of it, once no more can come.
#include "storage-node/background/version_offers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "tests/testing/fake_cluster_stub.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

using Response = v1::OfferVersionsResponse;

class VersionOffersTest : public testing::Test {
 protected:
  VersionOffersTest() {
    EngineOptions options = TestOptions("/disk/node");
    options.files = &disk_.files();
    options.index_env = disk_.rocksdb_env();
    auto store = SegmentChunkStore::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    offers_ = std::make_unique<VersionOffers>(runtime_, metadata_, NodeId(1), *store_);
    AnswerAll(Response::GARBAGE);
  }
  void AnswerAll(Response::Verdict verdict) {
    metadata_->on_offer = [this, verdict](const v1::OfferVersionsRequest& offer) {
      Response response;
      for (const auto& version : offer.versions()) {
        offered_.push_back(version.sequence());
        response.add_verdicts(verdict);
      }
      ++calls_;
      return response;
    };
  }
  void Put(uint64_t from, uint64_t to) {
    std::vector<ChunkPut> puts;
    for (uint64_t sequence = from; sequence <= to; ++sequence) {
      puts.push_back({.id = MakeChunkId(sequence), .data = Bytes("x"), .crc32c = Crc32c("x")});
    }
    for (const auto& put : store_->PutMany(puts)) ASSERT_TRUE(put.ok()) << put.status();
  }
  absl::StatusOr<bool> Settle() { return offers_->Settle(Generation(3), SessionId(7)); }

  SimulatedDisk disk_;
  Runtime runtime_{1};
  std::shared_ptr<FakeClusterStub> metadata_ = std::make_shared<FakeClusterStub>();
  std::unique_ptr<SegmentChunkStore> store_;
  std::unique_ptr<VersionOffers> offers_;
  std::vector<uint64_t> offered_;
  int calls_ = 0;
};

TEST_F(VersionOffersTest, NothingMoreComesOnceItHasBegunToOffer) {
  Put(1, 2);
  ErrorReason late = v1::ERROR_REASON_UNSPECIFIED;
  metadata_->on_offer = [&](const v1::OfferVersionsRequest& offer) {
    late = ReasonOf(PutBytes(*store_, MakeChunkId(3), "late").status());
    Response response;
    for (int i = 0; i < offer.versions_size(); ++i) response.add_verdicts(Response::GARBAGE);
    return response;
  };
  EXPECT_TRUE(*Settle());
  EXPECT_EQ(late, v1::SESSION_CLOSED);
}

TEST_F(VersionOffersTest, OffersAllThatWasNotDecidedAndDeletesNothing) {
  Put(1, 2500);
  SessionMarks marks{
      .generation = Generation(3), .session = SessionId(7), .decided_below = 3, .open = {1}};
  ASSERT_TRUE(store_->RecordSession(marks, LogLineage()).ok());
  EXPECT_TRUE(*Settle());
  EXPECT_EQ(calls_, 3);
  ASSERT_EQ(offered_.size(), 2499u);
  EXPECT_EQ(offered_[0], 1u);
  EXPECT_EQ(offered_[1], 3u);
  EXPECT_EQ(offered_.back(), 2500u);
  EXPECT_EQ(store_->Statistics().chunks, 2500u) << "only the collector deletes";
}

TEST_F(VersionOffersTest, IsNotSettledWhileOneIsOpenOrNobodyAnswers) {
  Put(1, 1);
  AnswerAll(Response::OPEN);
  EXPECT_FALSE(*Settle());
  metadata_->on_offer = [](const v1::OfferVersionsRequest&) {
    return absl::UnavailableError("away");
  };
  EXPECT_FALSE(Settle().ok());
  metadata_->on_offer = [](const v1::OfferVersionsRequest&) { return Response(); };
  EXPECT_FALSE(Settle().ok()) << "one verdict is missing";
  AnswerAll(Response::UNKNOWN);  // of another life: kept, and nothing to wait for
  EXPECT_TRUE(*Settle());
  EXPECT_EQ(store_->Stat(MakeChunkId(1))->state, ChunkState::kPresent);
}

}  // namespace
}  // namespace trebol
