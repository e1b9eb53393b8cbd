#include "client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "common/base/limits.h"
#include "common/checksum/crc32c.h"
#include "tests/testing/fake_gateway.h"

namespace trebol::client {
namespace {

using ::testing::ElementsAre;
using testing::FakeGateway;

Source StringSource(const std::string& data, size_t at_once = SIZE_MAX) {
  return [data, at_once, at = size_t{0}](char* to, size_t size) mutable -> absl::StatusOr<size_t> {
    const size_t copied = std::min({size, at_once, data.size() - at});
    std::memcpy(to, data.data() + at, copied);
    at += copied;
    return copied;
  };
}

std::string Pattern(size_t size) {
  std::string data(size, '\0');
  for (size_t i = 0; i < size; ++i) data[i] = static_cast<char>(i * 131 + i / 7919);
  return data;
}

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() { gateway_.AddBucket("photos"); }

  FakeGateway gateway_;
  Client client_ = *Client::Create({.endpoint = gateway_.endpoint()});
};

TEST_F(ClientTest, CreatesHeadsListsAndDeletesBuckets) {
  ASSERT_TRUE(client_.CreateBucket("music").ok());
  EXPECT_EQ(client_.HeadBucket("music")->name, "music");
  EXPECT_EQ(client_.ListBuckets()->size(), 2u);
  ASSERT_TRUE(client_.DeleteBucket("music").ok());
  EXPECT_TRUE(absl::IsNotFound(client_.HeadBucket("music").status()));
}

TEST_F(ClientTest, KeepsTheReasonOfAnError) {
  const absl::Status status = client_.CreateBucket("photos").status();
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_EQ(ReasonOf(status), ErrorReason::kBucketAlreadyExists);
}

TEST_F(ClientTest, RefusesBadNamesWithoutACall) {
  EXPECT_EQ(ReasonOf(client_.HeadBucket("X").status()), ErrorReason::kInvalidBucketName);
  EXPECT_EQ(ReasonOf(client_.HeadObject("photos", "").status()), ErrorReason::kInvalidObjectKey);
  EXPECT_EQ(gateway_.calls(), 0);
}

TEST_F(ClientTest, RefusesAnEndpointThatIsNone) {
  for (const char* endpoint :
       {"", "host", "host:", ":9100", "host:0", "host:70000", "http://a:1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Client::Create({.endpoint = endpoint}).status()))
        << endpoint;
  }
}

TEST_F(ClientTest, RefusesAKeyThatCannotTravel) {
  const auto create = [](const std::string& id, const std::string& secret) {
    return Client::Create({.access_key_id = id, .secret_access_key = secret}).status();
  };
  EXPECT_TRUE(create("AKIA-1_x.@+", "any secret, \xC3\xA9\n").ok());
  // gRPC ends the process that gives it such a header.
  for (const char* id : {"A\nB", "A\r", "cl\xC3\xA9", "A B", "A,B", "\x7F"}) {
    const absl::Status status = create(id, "secret-of-it");
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << id;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("AWS_ACCESS_KEY_ID"));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(create("AKIA1", "")));
  EXPECT_TRUE(absl::IsInvalidArgument(create("", "secret-of-none")));
}

TEST_F(ClientTest, StoresAndReturnsBodiesAroundTheMessageSize) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{kMiB} - 1, size_t{kMiB}, size_t{kMiB} + 1,
                            3 * size_t{kMiB}, 5 * size_t{kMiB} + 17}) {
    for (const bool announced : {true, false}) {
      const std::string data = Pattern(size);
      PutObjectOptions options;
      if (announced) options.content_length = size;
      const auto put = client_.PutObject("photos", "a", StringSource(data, 300'000), options);
      ASSERT_TRUE(put.ok()) << size << ": " << put.status();
      EXPECT_EQ(put->crc32c, Crc32c(data));
      std::string got;
      const auto info = client_.GetObject("photos", "a", [&got](absl::string_view bytes) {
        got.append(bytes.data(), bytes.size());
        return absl::OkStatus();
      });
      ASSERT_TRUE(info.ok()) << size << ": " << info.status();
      EXPECT_TRUE(got == data) << size;
    }
  }
  EXPECT_EQ(gateway_.largest_message(), kMaxStreamMessageSize);
}

TEST_F(ClientTest, SendsContentTypeAndMetadata) {
  const PutObjectOptions options{.content_type = "image/png", .user_metadata = {{"camera", "x"}}};
  ASSERT_TRUE(client_.PutObject("photos", "a", StringSource("1"), options).ok());
  const auto info = client_.HeadObject("photos", "a");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->content_type, "image/png");
  EXPECT_EQ(info->user_metadata.at("camera"), "x");
}

TEST_F(ClientTest, SaysSoWhenTheBodyIsNotAsLongAsAnnounced) {
  for (const uint64_t announced : {2, 4, 3'000'000}) {
    const auto put =
        client_.PutObject("photos", "a", StringSource("123"), {.content_length = announced});
    EXPECT_EQ(ReasonOf(put.status()), ErrorReason::kBodyLengthMismatch) << put.status();
  }
  EXPECT_FALSE(gateway_.HasObject("photos", "a"));
}

TEST_F(ClientTest, LeavesNothingWhenTheSourceFails) {
  int pieces = 0;
  const auto put = client_.PutObject("photos", "a", [&](char* to, size_t size) {
    std::memset(to, 0, size);
    return ++pieces < 4 ? absl::StatusOr<size_t>(size) : absl::DataLossError("disk broke");
  });
  EXPECT_EQ(put.status(), absl::DataLossError("disk broke"));
  EXPECT_FALSE(gateway_.HasObject("photos", "a"));
}

TEST_F(ClientTest, ReadsRanges) {
  gateway_.AddObject("photos", "a", Pattern(200'000));
  const auto read = [this](ByteRange range) {
    std::string got;
    const auto info = client_.GetObject("photos", "a",
                                        [&got](absl::string_view bytes) {
                                          got.append(bytes.data(), bytes.size());
                                          return absl::OkStatus();
                                        },
                                        {.range = range});
    return info.ok() ? got : info.status().ToString();
  };
  EXPECT_TRUE(read({.offset = 5, .length = 100'000}) == Pattern(200'000).substr(5, 100'000));
  EXPECT_TRUE(read({.offset = 199'999}) == Pattern(200'000).substr(199'999));
  EXPECT_TRUE(read({.offset = 10, .length = 1'000'000}) == Pattern(200'000).substr(10));
  EXPECT_TRUE(absl::IsOutOfRange(
      client_.OpenObject("photos", "a", {.range = {.offset = 200'000}}).status()));
}

TEST_F(ClientTest, CopiesThroughAReader) {
  gateway_.AddObject("photos", "a", Pattern(3'000'000));
  auto reader = client_.OpenObject("photos", "a");
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->length(), 3'000'000u);
  const auto put = client_.PutObject("photos", "b",
                                     [&](char* to, size_t size) { return reader->Read(to, size); });
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_TRUE(gateway_.DataOf("photos", "b") == Pattern(3'000'000));
}

TEST_F(ClientTest, EndsADownloadWithTheErrorOfItsSink) {
  gateway_.AddObject("photos", "a", Pattern(300'000));
  const auto got = client_.GetObject(
      "photos", "a", [](absl::string_view) { return absl::ResourceExhaustedError("disk full"); });
  EXPECT_EQ(got.status(), absl::ResourceExhaustedError("disk full"));
}

TEST_F(ClientTest, ListsEveryPage) {
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string key = "k" + std::to_string(100 + i);
    gateway_.AddObject("photos", key, "x");
    expected.push_back(key);
  }
  for (uint32_t page_size = 1; page_size <= 26; ++page_size) {
    std::vector<std::string> keys;
    const absl::Status status = client_.ForEachPage({.bucket = "photos", .page_size = page_size},
                                                    [&keys](const ListObjectsPage& page) {
                                                      for (const ObjectInfo& object : page.objects)
                                                        keys.push_back(object.key);
                                                      return absl::OkStatus();
                                                    });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(keys, expected);
  }
}

TEST_F(ClientTest, FoldsKeysAtTheDelimiter) {
  for (const char* key : {"a/1", "a/2", "b", "c/d/e"}) gateway_.AddObject("photos", key, "x");
  const auto page = client_.ListObjects({.bucket = "photos", .delimiter = "/"});
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page->common_prefixes, ElementsAre("a/", "c/"));
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "b");
}

TEST_F(ClientTest, TellsWhetherADeletedObjectExisted) {
  gateway_.AddObject("photos", "a", "x");
  EXPECT_TRUE(client_.DeleteObject("photos", "a")->existed);
  EXPECT_FALSE(client_.DeleteObject("photos", "a")->existed);
}

TEST_F(ClientTest, ReadsTheStatusOfTheCluster) {
  v1::ClusterStatus message;
  message.set_cluster_id("c1");
  message.set_health(v1::ClusterStatus::DEGRADED);
  v1::NodeStatus* node = message.add_nodes();
  node->mutable_node()->set_id(0xabc);
  node->mutable_node()->set_state(v1::ClusterNode::ACTIVE);
  node->set_liveness(v1::NodeStatus::UP);
  gateway_.SetStatus(message);
  const auto status = client_.GetClusterStatus();
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->health, "degraded");
  EXPECT_EQ(status->nodes_up, 1u);
  ASSERT_EQ(status->nodes.size(), 1u);
  EXPECT_EQ(status->nodes[0].id, "0000000000000abc");
  EXPECT_EQ(status->nodes[0].state, "active");
}

TEST_F(ClientTest, PlansAndAppliesAChangeOfNodes) {
  v1::NodeChangePlan message;
  message.set_moved_copies(7);
  message.set_moved_bytes(700);
  v1::NodeChangePlan::Node* node = message.add_nodes();
  node->mutable_node()->set_id(0xabc);
  node->mutable_node()->set_state(v1::ClusterNode::DRAINING);
  node->set_partitions_before(7);
  message.add_notes("a note");
  gateway_.SetPlan(message);
  NodeChange change{.verb = NodeChange::Verb::kReplace, .nodes = {"abc"}, .replacement = "def"};
  const auto plan = client_.PlanNodeChange(change);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->moved_copies, 7u);
  EXPECT_EQ(plan->moved_bytes, 700u);
  ASSERT_EQ(plan->nodes.size(), 1u);
  EXPECT_EQ(plan->nodes[0].id, "0000000000000abc");
  EXPECT_EQ(plan->nodes[0].state, "draining");
  EXPECT_EQ(plan->nodes[0].partitions_before, 7u);
  EXPECT_EQ(plan->notes, std::vector<std::string>{"a note"});
  EXPECT_TRUE(gateway_.node_changes().empty());
  ASSERT_TRUE(client_.ApplyNodeChange(change).ok());
  ASSERT_EQ(gateway_.node_changes().size(), 1u);
  EXPECT_EQ(gateway_.node_changes()[0].verb(), v1::NodeChange::REPLACE);
  EXPECT_EQ(gateway_.node_changes()[0].nodes(0), "abc");
  EXPECT_EQ(gateway_.node_changes()[0].replacement(), "def");
  message.add_refusals("too few nodes");
  gateway_.SetPlan(message);
  EXPECT_EQ(ReasonOf(client_.ApplyNodeChange(change).status()), ErrorReason::kChangeRefused);
}

}  // namespace
}  // namespace trebol::client
