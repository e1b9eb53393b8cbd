#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/checksum/crc32c.h"
#include "tests/unit/gateway/replicas.h"

namespace trebol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using ReplicaWriterTest = Replicas;
using ReplicaReaderTest = Replicas;

TEST_F(ReplicaWriterTest, AnswersAtTwoCopiesAndKeepsTheMemoryUntilTheThird) {
  rig_.storage->Hold("n3");
  EXPECT_TRUE(Write(data_).ok());
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held("n3") == 1; }));
  EXPECT_EQ(rig_.memory_in_use(), 900u);
  rig_.storage->Release("n3");
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  EXPECT_TRUE(rig_.storage->Has("n3", Id()));
}

TEST_F(ReplicaWriterTest, DoesNotAnswerAtOneCopy) {
  rig_.storage->Hold("n2");
  rig_.storage->Hold("n3");
  auto write = StartWrite(data_);
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->Has("n1", Id()); }));
  EXPECT_EQ(write.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout)
      << "answered at one copy";
  rig_.storage->Release("n2");
  EXPECT_TRUE(write.get().ok());
}

TEST_F(ReplicaWriterTest, NamesTheNodesThatFailedWhenThereIsNoQuorum) {
  const auto full = MakeError(absl::StatusCode::kResourceExhausted, v1::DISK_FULL, "disk full");
  rig_.storage->Set("n1", {.put = full});
  rig_.storage->Set("n3", {.put = absl::FailedPreconditionError("disk full")});
  const absl::Status status = Write(data_);
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(ReasonOf(status), v1::QUORUM_NOT_MET);
  EXPECT_THAT(std::string(status.message()), HasSubstr(ToString(NodeId(1)) + ": disk full"));
  EXPECT_THAT(std::string(status.message()), HasSubstr(ToString(NodeId(3)) + ": disk full"));
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
}

TEST_F(ReplicaWriterTest, FullNodesAreAFullClusterAndNoAccident) {
  const auto full = MakeError(absl::StatusCode::kResourceExhausted, v1::DISK_FULL, "disk full");
  rig_.storage->Set("n1", {.put = full});
  rig_.storage->Set("n3", {.put = full});
  const absl::Status status = Write(data_);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(ReasonOf(status), v1::DISK_FULL);
}

TEST_F(ReplicaWriterTest, TwoCopiesInOneZoneWaitForTheOtherZoneWhileItMayAnswer) {
  v1::ClusterMap map = GatewayRig::MapAt(5);
  ASSERT_EQ(map.nodes_size(), 3);
  for (int i = 0; i < 3; ++i) map.mutable_nodes(i)->set_zone(i < 2 ? "a" : "b");
  rig_.Install(map);
  rig_.storage->Hold("n3");
  auto write = StartWrite(data_);
  ASSERT_TRUE(GatewayRig::Until(
      [&] { return rig_.storage->Has("n1", Id()) && rig_.storage->Has("n2", Id()); }));
  EXPECT_EQ(write.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout)
      << "answered with both copies in one zone";
  rig_.storage->Release("n3");
  EXPECT_TRUE(write.get().ok());
}

TEST_F(ReplicaWriterTest, TwoCopiesInOneZoneAreEnoughWhenTheOtherZoneFailed) {
  v1::ClusterMap map = GatewayRig::MapAt(5);
  for (int i = 0; i < 3; ++i) map.mutable_nodes(i)->set_zone(i < 2 ? "a" : "b");
  rig_.Install(map);
  rig_.storage->Set("n3", {.put = absl::FailedPreconditionError("gone")});
  EXPECT_TRUE(Write(data_).ok());
}

TEST_F(ReplicaWriterTest, RepeatsWhatFailedAmbiguously) {
  rig_.storage->Set("n1", {.put = absl::UnavailableError("away"), .failures = 1});
  rig_.storage->Set("n2", {.put = absl::UnavailableError("away"), .failures = 1});
  EXPECT_TRUE(Write(data_).ok());
}

TEST_F(ReplicaWriterTest, RefreshesAStaleMapAndRepeats) {
  rig_.cluster->set_map(GatewayRig::MapAt(5));
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Set(node, {.least_epoch = 5});
  EXPECT_TRUE(Write(data_).ok());
  EXPECT_EQ(rig_.maps->Current()->epoch(), Epoch(5));
}

TEST_F(ReplicaWriterTest, TellsNodesTheHighestPlaceInTheLogThatItSaw) {
  // Else nobody but metadata would know of a commit when its log is rolled back.
  v1::LogPosition position;
  position.set_term(77);
  position.set_index(1'000'000);
  rig_.session->Observe(position);
  ASSERT_TRUE(Write(data_).ok());
  for (const auto& header : rig_.storage->put_headers()) {
    EXPECT_EQ(header.lineage().term(), 77u);
    EXPECT_EQ(header.lineage().index(), 1'000'000u);
  }
}

TEST_F(ReplicaWriterTest, GivesUpAStragglerAfterTwoSeconds) {
  rig_.storage->Hold("n3");
  ASSERT_TRUE(Write(data_).ok());
  rig_.clock.Advance(absl::Milliseconds(1999));
  rig_.writer->Tick();
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held("n3") == 1; }));
  EXPECT_EQ(rig_.memory_in_use(), 900u);
  rig_.clock.Advance(absl::Milliseconds(1));
  rig_.writer->Tick();
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  EXPECT_EQ(rig_.storage->held("n3"), 0);
  // Reads ask it last from now on.
  EXPECT_THAT(rig_.nodes->Order(*rig_.maps->Current(), {NodeId(3), NodeId(1), NodeId(2)}, 0),
              ElementsAre(NodeId(1), NodeId(2), NodeId(3)));
}

TEST_F(ReplicaWriterTest, TriesTheThirdCopyAgainAfterTheAnswer) {
  for (const absl::Status& failure :
       {absl::Status(absl::UnavailableError("a connection was reset")),
        MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED, "the queue is full")}) {
    GatewayRig rig;
    rig.storage->Set("n3", {.put = failure, .failures = 2});
    auto permit = std::make_shared<Semaphore::Permit>(*rig.memory->TryAcquire(data_.size()));
    EXPECT_TRUE(rig.runtime
                    .BlockOn(rig.writer->Write(BackgroundContext(), Id(), data_, Crc32c(data_),
                                               std::move(permit)))
                    .ok());
    EXPECT_TRUE(GatewayRig::Until([&] { return rig.storage->Has("n3", Id()); })) << failure;
    EXPECT_TRUE(GatewayRig::Until([&] { return rig.memory_in_use() == 0; }));
  }
}

TEST_F(ReplicaWriterTest, HoldsNoMemoryForANodeThatFailedBefore) {
  rig_.storage->Set("n3", {.put = absl::UnavailableError("down")});
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  const int tried = rig_.storage->puts("n3");
  EXPECT_EQ(tried, 3);
  rig_.storage->Hold("n3");  // until the others have decided the write
  ASSERT_TRUE(Write(data_).ok());
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held("n3") == 1; }));
  rig_.storage->Release("n3");
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  EXPECT_EQ(rig_.storage->puts("n3"), tried + 1);
}

TEST_F(ReplicaWriterTest, AZoneThatHangsIsWaitedForOnce) {
  v1::ClusterMap map = GatewayRig::MapAt(5);
  for (int i = 0; i < 3; ++i) map.mutable_nodes(i)->set_zone(i < 2 ? "a" : "b");
  rig_.Install(map);
  rig_.storage->Set("n3", {.put = absl::DeadlineExceededError("nothing came")});
  rig_.storage->Hold("n3");
  auto write = StartWrite(data_);
  ASSERT_TRUE(GatewayRig::Until([&] {
    return rig_.storage->Has("n1", Id()) && rig_.storage->Has("n2", Id()) &&
           rig_.storage->held("n3") == 1;
  }));
  EXPECT_EQ(write.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  rig_.storage->Release("n3");  // its deadline passes
  EXPECT_TRUE(write.get().ok());
  EXPECT_EQ(rig_.storage->puts("n3"), 1);
  // The next does not wait at all.
  rig_.storage->Hold("n3");
  EXPECT_TRUE(StartWrite(data_).get().ok());
  rig_.storage->Release("n3");
}

TEST_F(ReplicaWriterTest, NoMoreThan24MiBWaitAtTheNodes) {
  const auto start = [this](uint32_t index, const Bytes& data) {
    auto done = std::make_shared<std::promise<absl::Status>>();
    rig_.runtime.Spawn(
        rig_.writer->Write(BackgroundContext(), Id(index), data, Crc32c(data), nullptr),
        [done](const absl::Status& status) { done->set_value(status); });
    return done->get_future();
  };
  const auto held = [this](int count) {
    return GatewayRig::Until([this, count] {
      return rig_.storage->held("n1") == count && rig_.storage->held("n2") == count;
    });
  };
  rig_.storage->Hold("n1");
  rig_.storage->Hold("n2");
  const Bytes half(std::string(12 * kMiB, 'x'));
  auto first = start(0, half);
  auto second = start(1, half);
  ASSERT_TRUE(held(2));
  auto waiting = start(2, data_);
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_TRUE(held(2));  // and the third chunk is at no node
  EXPECT_FALSE(rig_.storage->Has("n3", Id(2)));
  rig_.storage->Release("n1");
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  rig_.storage->Release("n2");
}

TEST_F(ReplicaWriterTest, ACallerThatGoesAwayTakesItsCopiesAlongAndBlamesNoNode) {
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Hold(node);
  auto context = BackgroundContext();
  auto write = StartWrite(data_, context);
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held("n3") == 1; }));
  context->cancellation->Cancel();
  EXPECT_TRUE(absl::IsCancelled(write.get()));
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  ExpectNobodyIsBlamed();
}

TEST_F(ReplicaWriterTest, RefusesWithoutATable) {
  GatewayRig rig;
  auto empty = std::make_shared<MapCache>(rig.cluster);
  ReplicaWriter writer(rig.runtime, rig.watched, empty, rig.session, rig.nodes, rig.metrics,
                       rig.clock);
  const absl::Status status =
      rig.runtime.BlockOn(writer.Write(BackgroundContext(), Id(), data_, Crc32c(data_), nullptr));
  EXPECT_EQ(ReasonOf(status), v1::NOT_READY);
}

TEST_F(ReplicaReaderTest, ReadsPartsAndSpreadsTheLoad) {
  StoreEverywhere(data_);
  for (uint32_t i = 0; i < 9; ++i) {
    auto bytes = Read(100, 300);
    ASSERT_TRUE(bytes.ok());
    EXPECT_EQ(*bytes, data_.Subcord(100, 300));
  }
  // The first asked is the chunk's own; other chunks have others.
  EXPECT_EQ(rig_.storage->gets("n1") + rig_.storage->gets("n2") + rig_.storage->gets("n3"), 9);
}

TEST_F(ReplicaReaderTest, FallsBackFromEveryKindOfBadCopy) {
  const FakeStorageStub::Script scripts[] = {
      {.get = absl::UnavailableError("away")},
      {.get = MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, "rotten")},
      {.get = MakeError(absl::StatusCode::kNotFound, v1::CHUNK_NOT_FOUND, "absent")},
      {.get = MakeError(absl::StatusCode::kUnavailable, v1::CHUNK_UNKNOWN, "cannot say")},
      {.least_epoch = 9},
      {.flip = true},
      {.truncate = true},
  };
  StoreEverywhere(data_);
  for (const auto& script : scripts) {
    for (const char* good : {"n1", "n2", "n3"}) {
      for (const char* node : {"n1", "n2", "n3"}) {
        rig_.storage->Set(node, node == good ? FakeStorageStub::Script() : script);
      }
      rig_.clock.Advance(absl::Minutes(1));
      auto bytes = Read(10, 800);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      EXPECT_TRUE(*bytes == data_.Subcord(10, 800)) << "bytes that are not those of the chunk";
    }
  }
}

TEST_F(ReplicaReaderTest, SaysUnavailableAndNeverNotFoundWhenAllLackIt) {
  const auto bytes = Read(0, 10);
  EXPECT_TRUE(absl::IsUnavailable(bytes.status()));
  EXPECT_EQ(ReasonOf(bytes.status()), v1::DATA_UNAVAILABLE);
  for (uint64_t id = 1; id <= 3; ++id) {
    EXPECT_THAT(std::string(bytes.status().message()), HasSubstr(ToString(NodeId(id))));
  }
}

TEST_F(ReplicaReaderTest, AsksANodeThatFailedLatelyLastUntilItIsForgotten) {
  StoreEverywhere(data_);
  for (const char* node : {"n1", "n2", "n3"}) {
    rig_.storage->Set(node, {.get = absl::UnavailableError("away")});
  }
  rig_.storage->Set("n2", {});
  ASSERT_TRUE(Read(0, 10).ok());
  const int before = rig_.storage->gets("n1") + rig_.storage->gets("n3");
  ASSERT_TRUE(Read(0, 10).ok());
  EXPECT_EQ(rig_.storage->gets("n1") + rig_.storage->gets("n3"), before);
}

TEST_F(ReplicaReaderTest, EndsWithTheDeadlineAndBlamesNoNode) {
  StoreEverywhere(data_);
  for (const char* node : {"n1", "n2", "n3"}) {
    rig_.storage->Set(node, {.get = absl::DeadlineExceededError("too late")});
  }
  auto context = std::make_shared<RequestContext>();
  context->deadline = SystemClock().Now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      rig_.runtime.BlockOn(rig_.reader->Read(context, Id(), 0, 10)).status()));
  ExpectNobodyIsBlamed();
}

}  // namespace
}  // namespace trebol
