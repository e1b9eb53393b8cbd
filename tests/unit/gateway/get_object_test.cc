#include "gateway/object/get_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "tests/testing/gateway_rig.h"
#include "tests/testing/parsed.h"

namespace trebol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GetObjectTest : public testing::Test {
 protected:
  void Store(const std::string& key, const std::string& content) {
    ASSERT_TRUE(rig_.Put(key, content).ok());
    ASSERT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  }
  GatewayRig rig_;
};

TEST_F(GetObjectTest, ReadsRanges) {
  const std::string content = GatewayRig::Text(3500);
  Store("key", content);
  struct Case {
    uint64_t offset;
    std::optional<uint64_t> length;
    uint64_t bytes;
  };
  for (const Case& test :
       {Case{0, {}, 3500}, Case{0, 1, 1}, Case{0, 3500, 3500}, Case{0, UINT64_MAX, 3500},
        Case{999, 2, 2}, Case{1000, 1000, 1000}, Case{1000, {}, 2500}, Case{3499, {}, 1},
        Case{3499, UINT64_MAX, 1}, Case{3000, 500, 500}, Case{500, 2999, 2999}}) {
    MemoryWriter writer;
    ASSERT_TRUE(rig_.Get("key", &writer, {{test.offset, test.length}}).ok());
    EXPECT_EQ(writer.bytes, content.substr(test.offset, test.bytes));
    EXPECT_EQ(writer.begun, 1);
    EXPECT_EQ(writer.range.offset(), test.offset);
    EXPECT_EQ(writer.range.length(), test.bytes);
    EXPECT_EQ(writer.info.size(), 3500u);
  }
  for (const Case& test : {Case{3500, {}, 0}, Case{3500, 1, 0}, Case{UINT64_MAX, {}, 0},
                           Case{0, 0, 0}, Case{5, 0, 0}, Case{UINT64_MAX, UINT64_MAX, 0}}) {
    MemoryWriter writer;
    const absl::Status status = rig_.Get("key", &writer, {{test.offset, test.length}});
    EXPECT_TRUE(absl::IsOutOfRange(status));
    EXPECT_EQ(ReasonOf(status), v1::INVALID_RANGE);
    EXPECT_EQ(writer.begun, 0);
  }
}

TEST_F(GetObjectTest, AnEmptyObjectHasAHeaderAndNoBytes) {
  Store("empty", "");
  MemoryWriter writer;
  ASSERT_TRUE(rig_.Get("empty", &writer).ok());
  EXPECT_EQ(writer.begun, 1);
  EXPECT_EQ(writer.bytes, "");
  EXPECT_EQ(ReasonOf(rig_.Get("empty", &writer, {{0, 1}})), v1::INVALID_RANGE);
}

TEST_F(GetObjectTest, WhatIsNotThereIsNotFound) {
  MemoryWriter writer;
  EXPECT_EQ(ReasonOf(rig_.Get("none", &writer)), v1::OBJECT_NOT_FOUND);
  EXPECT_EQ(writer.begun, 0);
}

TEST_F(GetObjectTest, BeginsAgainOnceWhenNothingWasReadable) {
  Store("key", GatewayRig::Text(500));
  rig_.cluster->set_map(GatewayRig::MapAt(5));
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Set(node, {.least_epoch = 5});
  MemoryWriter writer;
  EXPECT_TRUE(rig_.Get("key", &writer).ok());
  EXPECT_EQ(writer.bytes, GatewayRig::Text(500));
  EXPECT_EQ(writer.begun, 1);
}

TEST_F(GetObjectTest, IsUnavailableAndNeverNotFoundWhenAllCopiesAreGone) {
  Store("key", GatewayRig::Text(500));
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Forget(node);
  const int refreshed = rig_.cluster->map_calls();
  MemoryWriter writer;
  const absl::Status status = rig_.Get("key", &writer);
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(ReasonOf(status), v1::DATA_UNAVAILABLE);
  EXPECT_EQ(writer.begun, 0);
  // The read of the chunk, the second beginning, and the read in that.
  EXPECT_EQ(rig_.cluster->map_calls(), refreshed + 3);
  rig_.cluster->set_failure(absl::UnavailableError("metadata is away"));
  EXPECT_EQ(ReasonOf(rig_.Get("key", &writer)), v1::DATA_UNAVAILABLE);
}

TEST_F(GetObjectTest, AFailureAfterTheFirstByteIsAnErrorAndNotAnotherBeginning) {
  Store("key", GatewayRig::Text(20'000));
  MemoryWriter writer;
  writer.on_write = [this] {
    for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Forget(node);
    return absl::OkStatus();
  };
  const absl::Status status = rig_.Get("key", &writer);
  EXPECT_EQ(ReasonOf(status), v1::DATA_UNAVAILABLE);
  EXPECT_EQ(writer.begun, 1);
  EXPECT_LT(writer.bytes.size(), 20'000u);
}

TEST_F(GetObjectTest, EndsWhenTheClientTakesNoMore) {
  Store("key", GatewayRig::Text(20'000));
  MemoryWriter writer;
  writer.on_write = [] { return absl::CancelledError("gone"); };
  EXPECT_TRUE(absl::IsCancelled(rig_.Get("key", &writer)));
  EXPECT_TRUE(
      GatewayRig::Until([&] { return rig_.read_memory->available() == rig_.memory_bytes; }));
}

TEST_F(GetObjectTest, HoldsTheHorizonFromBeforeTheLookupUntilTheEnd) {
  Store("key", GatewayRig::Text(3500));
  const uint64_t before = rig_.session->lineage().index();
  std::vector<uint64_t> horizons;
  MemoryWriter writer;
  std::thread renewal;
  rig_.metadata->OnLookup([&] {
    // On a thread of the runtime: the renewal runs on the other one.
    renewal = std::thread([&] {
      for (int i = 0; i < 3; ++i) horizons.push_back(rig_.Renewed().horizon());
    });
    renewal.join();
  });
  ASSERT_TRUE(rig_.Get("key", &writer).ok());
  EXPECT_THAT(horizons, ElementsAre(before, before, before));
  rig_.metadata->OnLookup(nullptr);
  EXPECT_GT(rig_.Renewed().horizon(), before);
}

TEST_F(GetObjectTest, ALongReadPinsItsVersionInstead) {
  Store("key", GatewayRig::Text(3500));
  v1::RenewSessionCommand young;
  v1::RenewSessionCommand old;
  MemoryWriter writer;
  writer.on_write = [&] {
    if (old.number() != 0) return absl::OkStatus();
    std::thread([&] {
      rig_.clock.Advance(kPinAfter - absl::Seconds(1));
      young = rig_.Renewed();
      rig_.clock.Advance(absl::Seconds(1));
      old = rig_.Renewed();
    }).join();
    return absl::OkStatus();
  };
  const uint64_t before = rig_.session->lineage().index();
  ASSERT_TRUE(rig_.Get("key", &writer).ok());
  EXPECT_THAT(young.pins(), IsEmpty());
  EXPECT_EQ(young.horizon(), before);
  ASSERT_EQ(old.pins_size(), 1);
  EXPECT_EQ(old.pins(0).sequence(), 1u);
  EXPECT_GT(old.horizon(), before);
  EXPECT_THAT(rig_.Renewed().pins(), IsEmpty());
}

/// Takes some, and then nothing until the gate opens.
class PausingWriter final : public BodyWriter {
 public:
  PausingWriter(size_t quick, std::shared_ptr<OneShot<absl::Status>> gate)
      : quick_(quick), gate_(std::move(gate)) {}
  void Begin(const v1::ObjectInfo&, const v1::ByteRange&) override {}
  Task<void> Write(Bytes data) override {
    bytes_ += data.size();
    if (bytes_ > quick_ && !paused) {
      paused = true;
      co_return co_await OneShot<absl::Status>::Wait(gate_);
    }
    co_return absl::OkStatus();
  }
  std::atomic<bool> paused = false;

 private:
  const size_t quick_;
  const std::shared_ptr<OneShot<absl::Status>> gate_;
  size_t bytes_ = 0;
};

TEST_F(GetObjectTest, ClientsThatWereQuickAndPauseLeaveMemoryToOthers) {
  GatewayRig rig(16'000, 4);
  ASSERT_TRUE(rig.Put("key", GatewayRig::Text(60'000)).ok());
  ASSERT_TRUE(rig.Put("small", "content").ok());
  v1::GetObjectRequest request;
  request.set_bucket("bucket");
  request.set_key("key");
  std::atomic<int> left = 6;
  std::promise<void> finished;
  std::vector<std::shared_ptr<PausingWriter>> writers;
  std::vector<std::shared_ptr<OneShot<absl::Status>>> gates;
  for (int i = 0; i < 6; ++i) {
    gates.push_back(std::make_shared<OneShot<absl::Status>>());
    writers.push_back(std::make_shared<PausingWriter>(10'000, gates.back()));
    rig.runtime.Spawn(rig.get->Run(BackgroundContext(), request, writers.back()),
                      [&](const absl::Status& status) {
                        EXPECT_TRUE(status.ok()) << status;
                        if (--left == 0) finished.set_value();
                      });
  }
  for (const auto& writer : writers) {
    EXPECT_TRUE(GatewayRig::Until([&] { return writer->paused.load(); }));
  }
  MemoryWriter other;
  EXPECT_TRUE(rig.Get("small", &other).ok());
  EXPECT_EQ(other.bytes, "content");
  for (const auto& gate : gates) gate->Set(absl::OkStatus());
  finished.get_future().wait();
  EXPECT_TRUE(GatewayRig::Until([&] { return rig.read_memory->available() == rig.memory_bytes; }));
}

TEST_F(GetObjectTest, ReadersThatShareLittleMemoryAllEnd) {
  GatewayRig rig(2500, 4);
  ASSERT_TRUE(rig.Put("key", GatewayRig::Text(30'000)).ok());
  std::atomic<int> left = 12;
  std::promise<void> finished;
  std::vector<std::unique_ptr<MemoryWriter>> writers;
  v1::GetObjectRequest request;
  request.set_bucket("bucket");
  request.set_key("key");
  for (int i = 0; i < 12; ++i) {
    writers.push_back(std::make_unique<MemoryWriter>());
    BodyWriterPtr unowned(writers.back().get(), [](BodyWriter*) {});
    rig.runtime.Spawn(rig.get->Run(BackgroundContext(), request, unowned),
                      [&](const absl::Status& status) {
                        EXPECT_TRUE(status.ok()) << status;
                        if (--left == 0) finished.set_value();
                      });
  }
  ASSERT_EQ(finished.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  for (const auto& writer : writers) EXPECT_EQ(writer->bytes, GatewayRig::Text(30'000));
}

class ListObjectsTest : public testing::Test {
 protected:
  absl::StatusOr<v1::ListObjectsResponse> List(v1::ListObjectsRequest request) {
    return Parsed<v1::ListObjectsResponse>(
        rig_.runtime.BlockOn(rig_.list->Run(BackgroundContext(), std::move(request))));
  }
  GatewayRig rig_;
};

TEST_F(ListObjectsTest, ATokenContinuesItsOwnListingOnly) {
  v1::ListObjectsResponse page;
  page.add_objects()->set_key("a/\xC3\xA9");
  page.add_common_prefixes("b/");
  rig_.metadata->set_page({Bytes(page.SerializeAsString()), /*more=*/true, "b/"});
  v1::ListObjectsRequest request;
  request.set_bucket("bucket");
  request.set_prefix("p");
  request.set_delimiter("/");
  const auto first = List(request);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->objects(0).key(), "a/\xC3\xA9");
  EXPECT_EQ(first->common_prefixes(0), "b/");
  request.set_page_token(first->next_page_token());
  ASSERT_TRUE(List(request).ok());
  EXPECT_EQ(rig_.metadata->pages().back().after(), "b/");
  EXPECT_EQ(rig_.metadata->pages().back().limit(), kDefaultPageSize);

  for (int field = 0; field < 4; ++field) {
    v1::ListObjectsRequest other = request;
    if (field == 0) other.set_bucket("other");
    if (field == 1) other.set_prefix("q");
    if (field == 2) other.set_delimiter("-");
    if (field == 3) other.set_start_after("x");
    EXPECT_EQ(ReasonOf(List(other).status()), v1::INVALID_PAGE_TOKEN) << field;
  }
  std::string token = first->next_page_token();
  for (const std::string& bad : {std::string("!"), token.substr(0, 4), token + "!!",
                                 std::string(100'000, 'A'), "A" + token}) {
    request.set_page_token(bad);
    EXPECT_EQ(ReasonOf(List(request).status()), v1::INVALID_PAGE_TOKEN) << bad.substr(0, 50);
  }
}

TEST_F(ListObjectsTest, TheLastPageHasNoTokenAndSizesAreChecked) {
  v1::ListObjectsRequest request;
  request.set_bucket("bucket");
  EXPECT_EQ(List(request)->next_page_token(), "");
  request.set_page_size(kMaxPageSize + 1);
  EXPECT_EQ(ReasonOf(List(request).status()), v1::INVALID_ARGUMENT);
  request.set_page_size(kMaxPageSize);
  EXPECT_TRUE(List(request).ok());
  request.set_prefix(std::string(kMaxKeySize + 1, 'x'));
  EXPECT_EQ(ReasonOf(List(request).status()), v1::INVALID_ARGUMENT);
}

TEST_F(ListObjectsTest, NoPartOfAListingContainsANul) {
  const std::string nul("foo\0", 4);
  for (int field = 0; field < 3; ++field) {
    v1::ListObjectsRequest request;
    request.set_bucket("bucket");
    if (field == 0) request.set_prefix(nul);
    if (field == 1) request.set_delimiter(nul);
    if (field == 2) request.set_start_after(nul);
    EXPECT_EQ(ReasonOf(List(request).status()), v1::INVALID_ARGUMENT) << field;
  }
  EXPECT_TRUE(rig_.metadata->pages().empty());
}

}  // namespace
}  // namespace trebol
