// Where an object's copies are, asked of nodes that have them, lack them, hide them and lose them.
#include "gateway/object/explain_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "tests/testing/api_rig.h"

namespace trebol {
namespace {

using Copy = v1::ExplainObjectResponse::Copy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kChunk = 1024;  // as the catalog of the rig has it

class ExplainObjectTest : public ::testing::Test {
 protected:
  ExplainObjectTest() { InstallNodes(5); }

  void InstallNodes(uint64_t nodes) {
    v1::ClusterMap map = GatewayRig::MapAt(++epoch_, nodes);
    for (v1::ClusterNode& node : *map.mutable_nodes()) {
      node.set_zone(absl::StrCat("z", node.id() % 4));
    }
    gateway().Install(map);
  }
  GatewayRig& gateway() { return rig_.gateway; }
  FakeStorageStub& nodes() { return *gateway().storage; }

  void Put(const std::string& key, size_t size) {
    ASSERT_TRUE(rig_.Put(key, GatewayRig::Text(size)).ok());
    ASSERT_TRUE(GatewayRig::Until([&] { return gateway().memory_in_use() == 0; }));
  }
  absl::StatusOr<v1::ExplainObjectResponse> Explain(v1::ExplainObjectRequest request) {
    if (request.bucket().empty()) request.set_bucket("bucket");
    return rig_.Await(explain_.Run(rig_.context, std::move(request)));
  }
  static v1::ExplainObjectRequest Of(const std::string& key) {
    v1::ExplainObjectRequest request;
    request.set_key(key);
    return request;
  }
  v1::ExplainObjectResponse MustExplain(const v1::ExplainObjectRequest& request) {
    auto response = Explain(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ExplainObjectResponse());
  }
  /// "n1 SERVING PRESENT" of every copy of a chunk.
  static std::vector<std::string> Copies(const v1::ExplainObjectResponse& response, int chunk) {
    std::vector<std::string> copies;
    for (const Copy& copy : response.chunks(chunk).copies()) {
      copies.push_back(absl::StrCat("n", copy.node(), " ", Copy::Role_Name(copy.role()), " ",
                                    Copy::State_Name(copy.state())));
    }
    return copies;
  }

  uint64_t epoch_ = 100;
  ApiRig rig_;
  ExplainObject explain_{rig_.catalog, gateway().session,
                         std::make_shared<CopySurvey>(gateway().runtime, gateway().storage,
                                                      gateway().maps, gateway().nodes)};
};

TEST_F(ExplainObjectTest, ShowsEveryCopyOfEveryChunk) {
  nodes().Set("n2", {.verified_us = 1'700'000'000'250'000});
  Put("key", 2500);
  const auto said = MustExplain(Of("key"));
  EXPECT_EQ(said.object().key(), "key");
  EXPECT_EQ(said.object().size(), 2500u);
  EXPECT_EQ(said.map_epoch(), epoch_);
  EXPECT_EQ(said.copies(), 3u);
  EXPECT_EQ(said.zones(), 4u);
  EXPECT_EQ(said.next_offset(), 0u);
  ASSERT_EQ(said.chunks_size(), 3);
  for (int i = 0; i < 3; ++i) {
    const auto& chunk = said.chunks(i);
    EXPECT_EQ(chunk.index(), static_cast<uint32_t>(i));
    EXPECT_EQ(chunk.offset(), kChunk * static_cast<uint64_t>(i));
    EXPECT_EQ(chunk.size(), i == 2 ? 2500 - 2 * kChunk : kChunk);
    EXPECT_EQ(chunk.epoch(), epoch_);
    EXPECT_EQ(chunk.part(), 0u);
    EXPECT_THAT(chunk.id(), HasSubstr(absl::StrCat("#", i)));
    EXPECT_EQ(chunk.good(), 3u);
    EXPECT_EQ(chunk.zones(), 3u);
    EXPECT_EQ(chunk.doubtful(), 0u);
    EXPECT_THAT(Copies(said, i),
                ElementsAre("n1 SERVING PRESENT", "n2 SERVING PRESENT", "n3 SERVING PRESENT"));
    EXPECT_FALSE(chunk.copies(0).has_verified());
    EXPECT_EQ(chunk.copies(1).verified().seconds(), 1'700'000'000);
    EXPECT_EQ(chunk.copies(1).verified().nanos(), 250'000'000);
  }
  EXPECT_EQ(said.summary().full(), 3u);
  EXPECT_EQ(said.summary().least_copies(), 3u);
  EXPECT_EQ(said.summary().most_copies(), 3u);
  EXPECT_EQ(said.summary().least_zones(), 3u);
  ASSERT_EQ(said.nodes_size(), 3) << "nobody else was asked";
  EXPECT_EQ(said.nodes(0).node().endpoint(), "n1");
  EXPECT_EQ(said.nodes(0).problem(), "");
  EXPECT_EQ(nodes().stats("n4"), 0);
  EXPECT_EQ(nodes().stats("n1"), 1) << "one call for all chunks";
}

TEST_F(ExplainObjectTest, ANodeThatDoesNotAnswerIsNeverAbsent) {
  Put("key", 2500);
  nodes().Set("n2", {.get = absl::UnavailableError("connection refused")});
  const auto said = MustExplain(Of("key"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Copies(said, i),
                ElementsAre("n1 SERVING PRESENT", "n2 SERVING UNREACHABLE", "n3 SERVING PRESENT"));
    EXPECT_EQ(said.chunks(i).good(), 2u);
    EXPECT_EQ(said.chunks(i).doubtful(), 1u);
  }
  EXPECT_EQ(said.summary().fewer(), 3u);
  EXPECT_EQ(nodes().stats("n2"), 1);
  EXPECT_EQ(nodes().stats("n4"), 1) << "it may have what n2 should have";
  ASSERT_EQ(said.nodes_size(), 5);
  EXPECT_EQ(said.nodes(1).node().endpoint(), "n2");
  EXPECT_THAT(said.nodes(1).problem(), HasSubstr("connection refused"));
}

TEST_F(ExplainObjectTest, FindsTheCopyThatStandsIn) {
  Put("key", 1500);
  nodes().CopyChunks("n3", "n5", 3);
  nodes().Forget("n3");
  const auto said = MustExplain(Of("key"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Copies(said, i), ElementsAre("n1 SERVING PRESENT", "n2 SERVING PRESENT",
                                             "n3 SERVING ABSENT", "n5 HANDOFF PRESENT"));
    EXPECT_EQ(said.chunks(i).copies(3).hint_for(), 3u);
    EXPECT_EQ(said.chunks(i).good(), 3u);
    EXPECT_EQ(said.chunks(i).zones(), 2u) << "n1 and n5 are in one zone";
  }
  EXPECT_EQ(said.summary().full(), 2u);
  EXPECT_EQ(said.summary().least_zones(), 2u);
}

TEST_F(ExplainObjectTest, CountsOneCopyAndNone) {
  Put("key", 2500);
  nodes().Forget("n1");
  nodes().Forget("n2");
  auto said = MustExplain(Of("key"));
  EXPECT_EQ(said.summary().one(), 3u);
  EXPECT_EQ(said.summary().none(), 0u);
  // The last is away: nothing is known to be lost.
  nodes().Set("n3", {.get = absl::UnavailableError("away")});
  said = MustExplain(Of("key"));
  EXPECT_EQ(said.summary().none(), 3u);
  EXPECT_EQ(said.summary().lost(), 0u);
  // It is back without its copies, and cannot say what it had.
  nodes().Forget("n3");
  nodes().Set("n3", {.uncertain = true});
  said = MustExplain(Of("key"));
  EXPECT_EQ(Copies(said, 0).back(), "n3 SERVING UNKNOWN");
  EXPECT_EQ(said.summary().lost(), 0u);
  nodes().Set("n3", {});
  said = MustExplain(Of("key"));
  EXPECT_EQ(said.summary().lost(), 3u);
  EXPECT_EQ(said.summary().least_copies(), 0u);
}

TEST_F(ExplainObjectTest, NothingIsLostWhileAnyOtherNodeMayHaveIt) {
  Put("key", 500);
  for (const char* node : {"n1", "n2", "n3"}) nodes().Forget(node);
  nodes().Set("n4", {.get = absl::UnavailableError("away")});
  EXPECT_EQ(MustExplain(Of("key")).summary().lost(), 0u);
  // But for one that was given up, and one that was never given anything.
  for (const auto state : {v1::ClusterNode::OUT, v1::ClusterNode::WAITING}) {
    v1::ClusterMap map = GatewayRig::MapAt(++epoch_, 5);
    map.mutable_nodes(3)->set_state(state);
    gateway().Install(map);
    const auto said = MustExplain(Of("key"));
    EXPECT_EQ(said.summary().lost(), 1u);
    EXPECT_EQ(said.nodes_size(), 4) << "it is not asked";
  }
}

TEST_F(ExplainObjectTest, LooksAgainUnderANewMapBeforeItSaysLost) {
  Put("key", 500);
  nodes().CopyChunks("n1", "n6", 0);
  for (const char* node : {"n1", "n2", "n3"}) nodes().Forget(node);
  gateway().cluster->set_map(GatewayRig::MapAt(++epoch_, 6));  // not known here yet
  auto said = MustExplain(Of("key"));
  EXPECT_EQ(Copies(said, 0).back(), "n6 HANDOFF PRESENT");
  EXPECT_EQ(said.summary().one(), 1u);
  // Without the newest map nobody can know.
  nodes().Forget("n6");
  gateway().cluster->set_failure(absl::UnavailableError("metadata is away"));
  said = MustExplain(Of("key"));
  EXPECT_EQ(said.summary().none(), 1u);
  EXPECT_EQ(said.summary().lost(), 0u);
}

TEST_F(ExplainObjectTest, AsksIncomingAndLeavingNodesToo) {
  v1::ClusterMap map = GatewayRig::MapAt(++epoch_, 5);
  for (v1::PartitionEntry& entry : *map.mutable_partitions()) {
    entry.mutable_serving()->RemoveLast();
    entry.add_incoming(4);
    entry.add_leaving(3);
  }
  Put("key", 500);
  gateway().Install(map);
  EXPECT_THAT(Copies(MustExplain(Of("key")), 0),
              ElementsAre("n1 SERVING PRESENT", "n2 SERVING PRESENT", "n4 INCOMING ABSENT",
                          "n3 LEAVING PRESENT"));
}

TEST_F(ExplainObjectTest, VerifyFindsWhatLooksGood) {
  Put("key", 20'500);
  nodes().Set("n2", {.rotten = true});
  EXPECT_EQ(MustExplain(Of("key")).summary().full(), 21u);
  v1::ExplainObjectRequest request = Of("key");
  request.set_verify(true);
  const int before = nodes().stats("n1");
  const auto said = MustExplain(request);
  EXPECT_EQ(Copies(said, 0)[1], "n2 SERVING CORRUPT");
  EXPECT_EQ(said.summary().fewer(), 21u);
  EXPECT_EQ(nodes().stats("n1"), before + 3) << "a few chunks a call: each is read";
}

TEST_F(ExplainObjectTest, ACopyOfAnotherSizeIsBad) {
  Put("key", 500);
  nodes().Set("n1", {.truncate = true});
  EXPECT_EQ(Copies(MustExplain(Of("key")), 0)[0], "n1 SERVING CORRUPT");
}

TEST_F(ExplainObjectTest, GoesThroughLongObjectsByPages) {
  Put("key", 10'500);
  v1::ExplainObjectRequest request = Of("key");
  request.set_limit(4);
  std::vector<uint32_t> indexes;
  int pages = 0;
  do {
    const auto said = MustExplain(request);
    for (const auto& chunk : said.chunks()) indexes.push_back(chunk.index());
    EXPECT_EQ(said.summary().full(), static_cast<uint64_t>(said.chunks_size()));
    request.set_offset(said.next_offset());
    request.set_version(said.object().version());
    ++pages;
  } while (request.offset() > 0 && pages < 9);
  EXPECT_THAT(indexes, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_EQ(pages, 3);
  // From the chunk that has a byte.
  request.set_offset(4'321);
  const auto said = MustExplain(request);
  EXPECT_EQ(said.chunks(0).index(), 4u);
  EXPECT_EQ(said.chunks(0).offset(), 4 * kChunk);
}

TEST_F(ExplainObjectTest, PartsAndCopiesShareTheBytesOfOthers) {
  v1::CreateMultipartUploadRequest create;
  create.set_bucket("bucket");
  create.set_key("parts");
  const auto upload = rig_.Await(rig_.api.multipart->Create(rig_.context, create));
  ASSERT_TRUE(upload.ok()) << upload.status();
  v1::CompleteMultipartUploadRequest complete;
  complete.set_bucket("bucket");
  complete.set_key("parts");
  complete.set_upload_id(upload->upload_id());
  UploadPart::Header header;
  header.set_bucket("bucket");
  header.set_key("parts");
  header.set_upload_id(upload->upload_id());
  for (const uint32_t number : {3, 7}) {
    header.set_part_number(number);
    const auto part =
        rig_.PutPart(header, GatewayRig::Text(number == 3 ? 5 * kMiB : 1'500, number));
    ASSERT_TRUE(part.ok()) << part.status();
    auto* named = complete.add_parts();
    named->set_part_number(number);
    named->set_etag(part->etag());
  }
  ASSERT_TRUE(rig_.Await(rig_.api.multipart->Complete(rig_.context, complete)).ok());
  v1::CopyObjectRequest copy;
  copy.set_source_bucket("bucket");
  copy.set_source_key("parts");
  copy.set_bucket("bucket");
  copy.set_key("copy");
  ASSERT_TRUE(rig_.Await(rig_.api.copy->Run(rig_.context, copy)).ok());
  for (const char* key : {"parts", "copy"}) {
    SCOPED_TRACE(key);
    v1::ExplainObjectRequest request = Of(key);
    request.set_offset(5 * kMiB - 1);
    const auto said = MustExplain(request);
    ASSERT_EQ(said.chunks_size(), 3);
    EXPECT_EQ(said.chunks(0).part(), 3u);
    EXPECT_EQ(said.chunks(0).index(), 5 * kMiB / kChunk - 1);
    EXPECT_EQ(said.chunks(1).part(), 7u);
    EXPECT_EQ(said.chunks(1).index(), 0u);
    EXPECT_EQ(said.chunks(1).offset(), 5 * kMiB);
    EXPECT_EQ(said.chunks(2).size(), 1'500 - kChunk);
    EXPECT_EQ(said.summary().full(), 3u);
    EXPECT_EQ(said.object().parts(), 2u);
  }
}

TEST_F(ExplainObjectTest, AnEmptyObjectHasNoChunks) {
  Put("empty", 0);
  const auto said = MustExplain(Of("empty"));
  EXPECT_THAT(said.chunks(), IsEmpty());
  EXPECT_EQ(said.copies(), 3u);
  EXPECT_EQ(said.next_offset(), 0u);
}

TEST_F(ExplainObjectTest, SaysWhatIsWrongWithARequest) {
  Put("key", 500);
  EXPECT_EQ(ReasonOf(Explain(Of("none")).status()), v1::OBJECT_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Explain(Of("")).status()), v1::INVALID_OBJECT_KEY);
  v1::ExplainObjectRequest request = Of("key");
  request.set_bucket("another");
  EXPECT_EQ(ReasonOf(Explain(request).status()), v1::BUCKET_NOT_FOUND);
  request = Of("key");
  request.set_version("what?");
  EXPECT_EQ(ReasonOf(Explain(request).status()), v1::INVALID_VERSION);
  request = Of("key");
  request.set_offset(500);
  EXPECT_EQ(ReasonOf(Explain(request).status()), v1::INVALID_RANGE);
  request = Of("key");
  request.set_limit(kMaxPageSize + 1);
  EXPECT_EQ(ReasonOf(Explain(request).status()), v1::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace trebol
