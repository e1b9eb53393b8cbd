// What nobody would notice: a chunk that all nodes have lost is named in the status, and what a
// node holds for nobody is deleted, and nothing else. Chunks are put and deleted here as servers do
// it, behind Trébol's back.
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/checksum/crc32c.h"
#include "common/cluster/cluster_map.h"
#include "gtest/gtest.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"
#include "trebol/v1/chunk.grpc.pb.h"
#include "trebol/v1/cluster.grpc.pb.h"
#include "trebol/v1/metadata.grpc.pb.h"

namespace trebol {
namespace {

using testing::Call;
using Chunks = v1::ChunkService::Stub;
using State = v1::StatChunkResponse;

constexpr int kObjects = 10;

class Audits : public testing::Story {
 protected:
  void SetUp() override {
    MiniCluster::Options options;
    options.flags["metadata"] = {"--audit-interval=1s", "--orphan-audit-interval=1s"};
    StartCluster(options);
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    ASSERT_TRUE(AwaitAllCopies("bucket"));
    for (int i = 0; i < kObjects; ++i) {
      ASSERT_TRUE(client().PutObject("bucket", absl::StrCat(i), BytesOf(i).Source()).ok());
    }
    ASSERT_TRUE(AwaitStatus("three copies", [](const client::ClusterStatus& status) {
      uint64_t bytes = 0;
      for (int i = 0; i < kObjects; ++i) bytes += 3 * BytesOf(i).size;
      return ChunkBytes(status) == bytes;
    }));
    const auto status = client().GetClusterStatus();
    ASSERT_TRUE(status.ok()) << status.status();
    const std::string secret(
        absl::StripAsciiWhitespace(testing::ContentsOf(cluster().SecretFile())));
    headers_ = {{"trebol-secret", secret},
                {"trebol-cluster", cluster().cluster_id()},
                {"trebol-generation", status->generation}};
    const auto map =
        Call(*v1::ClusterService::NewStub(Channel("metadata-0")),
             &v1::ClusterService::Stub::GetClusterMap, v1::GetClusterMapRequest(), headers_);
    ASSERT_TRUE(map.ok()) << map.status();
    map_ = map->map();
  }
  // The last object has two chunks.
  static testing::MadeBytes BytesOf(int i) {
    return {.seed = static_cast<uint64_t>(i), .size = i == kObjects - 1 ? 5'000'000u : 3'000u + i};
  }
  void ExpectReadable(int i) {
    std::string bytes;
    const auto read =
        client().GetObject("bucket", absl::StrCat(i), [&bytes](absl::string_view part) {
          bytes.append(part.data(), part.size());
          return absl::OkStatus();
        });
    ASSERT_TRUE(read.ok()) << i << ": " << read.status();
    EXPECT_TRUE(bytes == BytesOf(i).All()) << i;
  }

  std::shared_ptr<grpc::Channel> Channel(const std::string& name) {
    return testing::PlainChannel(cluster().Endpoint(name));
  }
  uint64_t NodeOf(const std::string& name) {
    for (const v1::ClusterNode& node : map_.nodes()) {
      if (node.endpoint() == cluster().Endpoint(name)) return node.id();
    }
    ADD_FAILURE() << name << " is not in the map";
    return 0;
  }
  v1::VersionId VersionOf(const std::string& key) {
    v1::LookupObjectRequest request;
    request.set_bucket("bucket");
    request.set_key(key);
    const auto found = Call(*v1::MetadataService::NewStub(Channel("metadata-0")),
                            &v1::MetadataService::Stub::LookupObject, request, headers_);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->object().manifest().version() : v1::VersionId();
  }
  /// Its first chunk, as another node would pass it on.
  absl::Status Push(const std::string& name, const v1::VersionId& version,
                    const std::string& data) {
    v1::PutChunkRequest request;
    request.set_node(NodeOf(name));
    *request.mutable_chunk()->mutable_version() = version;
    const PartitionId partition = PartitionOf(ChunkIdOf(request.chunk()), map_.partitions_size());
    request.set_partition(static_cast<uint32_t>(partition.value));
    request.set_epoch(map_.partitions(static_cast<int>(partition.value)).epoch());
    request.set_crc32c(Crc32c(data));
    request.set_from_peer(true);
    request.set_data(data);
    return Call(*v1::ChunkService::NewStub(Channel(name)), &Chunks::PutChunk, request, headers_)
        .status();
  }
  State::State Stat(const std::string& name, const v1::VersionId& version) {
    v1::StatChunkRequest request;
    request.set_node(NodeOf(name));
    *request.add_chunks()->mutable_version() = version;
    const auto answer =
        Call(*v1::ChunkService::NewStub(Channel(name)), &Chunks::StatChunk, request, headers_);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->entries(0).state() : State::STATE_UNSPECIFIED;
  }
  static bool Says(const client::ClusterStatus& status, const std::string& text) {
    return absl::StrContains(absl::StrJoin(status.reasons, "\n"), text);
  }
  size_t Runs(const std::string& line) {
    size_t runs = 0;
    const std::string log = LogOf("metadata-0");
    for (size_t at = log.find(line); at != std::string::npos; at = log.find(line, at + 1)) ++runs;
    return runs;
  }
  bool AwaitTwo(const std::string& line) {
    const size_t before = Runs(line);
    return Await("two of: " + line, [&] { return Runs(line) >= before + 2; });
  }

  static constexpr char kPass[] = "a pass of the audit of chunks ended";
  static constexpr char kRun[] = "a run of the audit of orphans ended";

  testing::Headers headers_;
  v1::ClusterMap map_;
};

TEST_F(Audits, NameAnObjectThatEveryNodeHasLost) {
  ASSERT_TRUE(AwaitTwo(kPass));
  EXPECT_TRUE(AwaitHealth("healthy"));
  v1::DeleteVersionsRequest request;
  *request.add_versions() = VersionOf(absl::StrCat(kObjects - 1));
  request.set_map_epoch(map_.epoch() + 1'000);
  for (const char* name : {"storage-0", "storage-1", "storage-2"}) {
    request.set_node(NodeOf(name));
    const auto deleted =
        Call(*v1::ChunkService::NewStub(Channel(name)), &Chunks::DeleteVersions, request, headers_);
    ASSERT_TRUE(deleted.ok()) << deleted.status();
    EXPECT_EQ(deleted->freed_chunks(), 2u);
  }
  EXPECT_TRUE(AwaitStatus("the name of the object", [](const client::ClusterStatus& status) {
    return Says(status, "no node has a copy of 2 chunks") &&
           Says(status, absl::StrCat("trebol://bucket/", kObjects - 1)) &&
           Says(status, "(bytes 4194304 to 4999999)") && status.health == "degraded";
  }));
  for (int i = 0; i < kObjects - 1; ++i) ExpectReadable(i);
  // Written again, nothing is lost any more.
  ASSERT_TRUE(client()
                  .PutObject("bucket", absl::StrCat(kObjects - 1), BytesOf(kObjects - 1).Source())
                  .ok());
  EXPECT_TRUE(AwaitStatus("no chunk lost", [](const client::ClusterStatus& status) {
    return !Says(status, "no node has a copy");
  }));
  EXPECT_TRUE(AwaitHealth("healthy"));
  ExpectReadable(kObjects - 1);
}

TEST_F(Audits, TellFromDoubtWhenDisksLostEverything) {
  for (const char* name : {"storage-0", "storage-1", "storage-2"}) {
    ASSERT_TRUE(cluster().Stop(name).ok());
    for (const auto& file :
         std::filesystem::directory_iterator(cluster().DataDir(name) + "/segments")) {
      std::filesystem::remove(file.path());
    }
  }
  // Two in doubt, one away: nobody can say that anything is lost.
  ASSERT_TRUE(cluster().Restart("storage-0").ok());
  ASSERT_TRUE(cluster().Restart("storage-1").ok());
  ASSERT_TRUE(AwaitTwo(kPass));
  const auto status = client().GetClusterStatus();
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_FALSE(Says(*status, "no node has a copy"));
  ASSERT_TRUE(cluster().Restart("storage-2").ok());
  EXPECT_TRUE(AwaitStatus("all chunks lost", [](const client::ClusterStatus& status) {
    return Says(status, absl::StrCat("no node has a copy of ", kObjects + 1, " chunks")) &&
           Says(status, "trebol://bucket/") && Says(status, "absent on 3 nodes");
  }));
}

TEST_F(Audits, DeleteWhatNothingRefersTo) {
  // Versions that copies were given; they have no bytes of their own.
  std::vector<v1::VersionId> left_over;
  for (int i = 0; i < 20; ++i) {
    const std::string key = absl::StrCat("copy-", i);
    ASSERT_TRUE(client().CopyObject("bucket", "0", "bucket", key).ok());
    left_over.push_back(VersionOf(key));
  }
  ASSERT_TRUE(cluster().Stop("gateway-0").ok());  // and its session is closed
  ASSERT_TRUE(cluster().Restart("gateway-0").ok());
  v1::VersionId of_nobody = left_over[0];
  of_nobody.set_session(0x7e57);
  const std::string data(10'000, 'o');
  ASSERT_TRUE(Push("storage-1", of_nobody, data).ok());
  // Until the nodes have settled the session they offer by themselves what they hold of it.
  bool found = false;
  for (size_t i = 0; i < left_over.size() && !found; ++i) {
    ASSERT_TRUE(Push("storage-1", left_over[i], data).ok());
    ASSERT_TRUE(Await("the deletion of what is left over",
                      [&] { return Stat("storage-1", left_over[i]) == State::DELETED; }));
    found = absl::StrContains(LogOf("metadata-0"), "became garbage=1");
  }
  EXPECT_TRUE(found) << "no audit found any";
  ASSERT_TRUE(AwaitTwo(kRun));
  // Of a session that metadata does not know nothing is touched.
  EXPECT_EQ(Stat("storage-1", of_nobody), State::PRESENT);
  for (int i = 0; i < kObjects; ++i) ExpectReadable(i);
  const auto copied = client().HeadObject("bucket", "copy-0");
  EXPECT_TRUE(copied.ok()) << copied.status();
  EXPECT_TRUE(AwaitStatus(
      "no garbage", [](const client::ClusterStatus& status) { return status.garbage_bytes == 0; }));
}

}  // namespace
}  // namespace trebol
