#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tests/unit/cli/cli_test.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using VerbsTest = CliTest;

TEST_F(VerbsTest, MbAndRbMakeAndRemoveBuckets) {
  EXPECT_EQ(Run({"mb", "trebol://music", "trebol://films/"}), 0);
  EXPECT_TRUE(gateway_.HasBucket("music") && gateway_.HasBucket("films"));
  EXPECT_EQ(Run({"mb", "trebol://music"}), 1);
  EXPECT_EQ(err(), "trebol: mb: trebol://music: bucket 'music' already exists\n");
  EXPECT_EQ(Run({"rb", "trebol://music"}), 0);
  EXPECT_FALSE(gateway_.HasBucket("music"));
  EXPECT_EQ(Run({"rb", "trebol://music"}), 3);
  EXPECT_EQ(Run({"rb", "--force", "trebol://music"}), 3);
  EXPECT_EQ(err(), "trebol: rb: trebol://music: bucket 'music' does not exist; create it first\n");
}

TEST_F(VerbsTest, RbRemovesAFullBucketOnlyByForce) {
  for (int i = 0; i < 1005; ++i) gateway_.AddObject("photos", "k" + std::to_string(i), "x");
  EXPECT_EQ(Run({"rb", "trebol://photos"}), 1);
  EXPECT_THAT(err(), HasSubstr("trebol://photos: it is not empty; --force removes"));
  EXPECT_EQ(Run({"rb", "--force", "trebol://photos"}), 0) << err();
  EXPECT_FALSE(gateway_.HasBucket("photos"));
}

TEST_F(VerbsTest, LsListsBuckets) {
  EXPECT_EQ(Run({"ls"}), 0);
  EXPECT_THAT(out(), HasSubstr("trebol://photos\n"));
  EXPECT_EQ(Run({"ls", "--json"}), 0);
  EXPECT_EQ(out(),
            "{\"type\":\"bucket\",\"key\":\"photos\",\"size\":null,\"etag\":null,"
            "\"last_modified\":\"2023-11-14T22:13:20Z\"}\n");
}

TEST_F(VerbsTest, LsFoldsAtSlashesAndKeepsTheOrder) {
  for (const char* key : {"a", "b/1", "b/2", "c"}) gateway_.AddObject("photos", key, "x");
  EXPECT_EQ(Run({"ls", "trebol://photos"}), 0);
  const size_t a = out().find("  a\n");
  const size_t b = out().find("DIR  b/\n");
  const size_t c = out().find("  c\n");
  EXPECT_TRUE(a < b && b < c && c != std::string::npos) << out();
  EXPECT_EQ(Run({"ls", "-r", "--json", "trebol://photos/b"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"key\":\"b/1\""));
  EXPECT_THAT(out(), HasSubstr("\"key\":\"b/2\""));
  EXPECT_THAT(out(), Not(HasSubstr("\"key\":\"a\"")));
}

TEST_F(VerbsTest, LsShowsSizesForPeopleAndEscapesNames) {
  gateway_.AddObject("photos", "evil\x1b[2J", std::string(1536, 'x'));
  EXPECT_EQ(Run({"ls", "-h", "trebol://photos"}), 0);
  EXPECT_THAT(out(), HasSubstr("1.5 KiB  evil\\x1b[2J\n"));
}

TEST_F(VerbsTest, LsOfNothingIsNotFound) {
  EXPECT_EQ(Run({"ls", "trebol://photos"}), 0) << "an empty bucket is no failure";
  EXPECT_EQ(Run({"ls", "trebol://photos/no"}), 3);
  EXPECT_EQ(Run({"ls", "trebol://nowhere"}), 3);
  EXPECT_THAT(err(), StartsWith("trebol: ls: trebol://nowhere: bucket 'nowhere' does not exist"));
}

TEST_F(VerbsTest, CatWritesObjectsOneAfterTheOther) {
  gateway_.AddObject("photos", "a", "hello, ");
  gateway_.AddObject("photos", "b", "world");
  EXPECT_EQ(Run({"cat", "trebol://photos/a", "trebol://photos/b"}), 0);
  EXPECT_EQ(out(), "hello, world");
}

TEST_F(VerbsTest, CatWritesARange) {
  gateway_.AddObject("photos", "a", "0123456789");
  EXPECT_EQ(Run({"cat", "--range", "2-4", "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "234");
  EXPECT_EQ(Run({"cat", "--range", "7", "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "789");
  EXPECT_EQ(Run({"cat", "--range", "7-", "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "789");
  EXPECT_EQ(Run({"cat", "--range", "10", "trebol://photos/a"}), 1);
  EXPECT_THAT(err(), HasSubstr("the object has 10 bytes"));
}

TEST_F(VerbsTest, CatNamesDamage) {
  gateway_.AddObject("photos", "a", "hello");
  gateway_.CorruptGets();
  EXPECT_EQ(Run({"cat", "trebol://photos/a"}), 1);
  EXPECT_THAT(err(), HasSubstr("CRC32C"));
}

TEST_F(VerbsTest, RmRemovesOneObject) {
  gateway_.AddObject("photos", "a", "x");
  EXPECT_EQ(Run({"rm", "trebol://photos/a"}), 0);
  EXPECT_THAT(gateway_.Keys("photos"), IsEmpty());
  EXPECT_EQ(Run({"rm", "trebol://photos/a"}), 3);
  EXPECT_EQ(Run({"rm", "-f", "trebol://photos/a"}), 0);
}

TEST_F(VerbsTest, RmNamesWhatFailedAndRemovesTheRest) {
  gateway_.AddObject("photos", "a", "x");
  EXPECT_EQ(Run({"rm", "trebol://photos/no", "trebol://photos/a"}), 1);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/no"));
  EXPECT_THAT(gateway_.Keys("photos"), IsEmpty());
}

TEST_F(VerbsTest, RmRecursivelyTakesTheDirectoryAndNotItsNeighbours) {
  for (const char* key : {"dir", "dir/a", "dir/b/c", "dirty", "dir.txt"}) {
    gateway_.AddObject("photos", key, "x");
  }
  EXPECT_EQ(Run({"rm", "-r", "--yes", "trebol://photos/dir"}), 0);
  EXPECT_THAT(gateway_.Keys("photos"), ElementsAre("dir.txt", "dirty"));
  EXPECT_EQ(Run({"rm", "-r", "--yes", "trebol://photos/dir"}), 3);
  EXPECT_EQ(Run({"rm", "-r", "-f", "--yes", "trebol://photos/dir"}), 0) << err();
  EXPECT_EQ(Run({"rm", "-r", "-f", "--yes", "trebol://nowhere/dir"}), 3) << "a bucket is no object";
}

TEST_F(VerbsTest, RmRecursivelyAsksFirst) {
  gateway_.AddObject("photos", "a", "x");
  EXPECT_EQ(Run({"rm", "-r", "trebol://photos"}, "y\n"), 2) << "no terminal to ask at";
  EXPECT_THAT(err(), HasSubstr("--yes"));
  environment_.in_is_terminal = environment_.err_is_terminal = true;
  EXPECT_EQ(Run({"rm", "-r", "trebol://photos"}, "n\n"), 2);
  EXPECT_EQ(gateway_.Keys("photos").size(), 1u);
  EXPECT_EQ(Run({"rm", "-r", "trebol://photos"}, "y\n"), 0);
  EXPECT_THAT(gateway_.Keys("photos"), IsEmpty());
}

TEST_F(VerbsTest, StatShowsAnObject) {
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a.txt", "--metadata", "who=me"}, "hello"), 0);
  EXPECT_EQ(Run({"stat", "trebol://photos/a.txt"}), 0);
  EXPECT_THAT(out(), HasSubstr("5 (5 B)"));
  EXPECT_THAT(out(), HasSubstr("who=me"));
  EXPECT_EQ(Run({"stat", "--json", "trebol://photos/a.txt"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"type\":\"object\",\"key\":\"a.txt\",\"size\":5,"));
  EXPECT_THAT(out(), HasSubstr("\"content_type\":\"text/plain\",\"crc32c\":\"9a71bb4c\""));
  EXPECT_THAT(out(), HasSubstr("\"metadata\":{\"who\":\"me\"}"));
  EXPECT_EQ(Run({"stat", "trebol://photos/no"}), 3);
  EXPECT_EQ(Run({"stat", "trebol://photos"}), 0);
}

v1::ClusterStatus Degraded() {
  v1::ClusterStatus status;
  status.set_cluster_id("c1");
  status.set_generation(0xabc);
  status.set_health(v1::ClusterStatus::DEGRADED);
  status.add_reasons("node 2 is down; start it");
  status.mutable_constants()->set_partitions(64);
  status.set_degraded_partitions(64);
  status.set_objects(7);
  status.set_garbage_bytes(99);
  for (uint64_t id = 1; id <= 2; ++id) {
    v1::NodeStatus* node = status.add_nodes();
    node->mutable_node()->set_id(id);
    node->mutable_node()->set_endpoint("127.0.0.1:700" + std::to_string(id));
    node->mutable_node()->set_state(v1::ClusterNode::ACTIVE);
    node->set_liveness(id == 1 ? v1::NodeStatus::UP : v1::NodeStatus::DOWN);
    node->set_heartbeat_age_seconds(id == 1 ? 0.5 : 65);
    node->set_breaker(id == 1 ? v1::NodeStatus::HALF_OPEN : v1::NodeStatus::OPEN);
    node->set_latency_p95_seconds(0.25);
  }
  return status;
}

TEST_F(VerbsTest, ClusterStatusIsOneJsonObject) {
  gateway_.SetStatus(Degraded());
  EXPECT_EQ(Run({"cluster", "status", "--json"}), 0) << err();
  EXPECT_THAT(out(), StartsWith("{\"cluster_id\":\"c1\",\"generation\":\"0000000000000abc\","
                                "\"health\":\"degraded\",\"reasons\":[\"node 2 is down; start "
                                "it\"],\"nodes_up\":1,\"nodes_total\":2,\"partitions\":64,"
                                "\"degraded_partitions\":64,\"unavailable_partitions\":0,"));
  EXPECT_THAT(out(), HasSubstr("\"objects\":7,\"object_bytes\":0,\"garbage_bytes\":99,"
                               "\"garbage_versions\":0,"));
  EXPECT_THAT(out(), HasSubstr("\"collection_frozen\":false,\"nodes\":[{\"id\":"));
}

TEST_F(VerbsTest, ClusterStatusSaysWhy) {
  gateway_.SetStatus(Degraded());
  EXPECT_EQ(Run({"cluster", "status"}), 0);
  EXPECT_THAT(out(), HasSubstr("degraded"));
  EXPECT_THAT(out(), HasSubstr("node 2 is down; start it"));
  EXPECT_THAT(out(), HasSubstr("1 of 2 up"));
}

TEST_F(VerbsTest, NodeLsListsNodesAndWhatIsWrongWithThem) {
  gateway_.SetStatus(Degraded());
  EXPECT_EQ(Run({"node", "ls"}), 0);
  EXPECT_THAT(out(), HasSubstr("127.0.0.1:7002"));
  EXPECT_THAT(out(), HasSubstr("last heard 1:05 ago"));
  EXPECT_THAT(out(), Not(HasSubstr("\x1b")));
  EXPECT_THAT(out(), HasSubstr("  BREAKER "));
  EXPECT_THAT(out(), HasSubstr(" half-open "));
  EXPECT_THAT(out(), HasSubstr(" open "));
  EXPECT_EQ(Run({"node", "ls", "--json"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"breaker\":\"open\",\"latency_p95_seconds\":0.25"));
  EXPECT_THAT(out(), HasSubstr("\"state\":\"active\",\"liveness\":\"down\""));
}

TEST_F(VerbsTest, ColoursOnlyOnATerminalThatWantsThem) {
  gateway_.SetStatus(Degraded());
  environment_.out_is_terminal = true;
  EXPECT_EQ(Run({"cluster", "status"}), 0);
  EXPECT_THAT(out(), HasSubstr("\x1b[33mdegraded"));
  variables_["NO_COLOR"] = "1";
  EXPECT_EQ(Run({"cluster", "status"}), 0);
  EXPECT_THAT(out(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace trebol::cli
