// The ports between servers: nothing is answered without the secret of the cluster, and what a
// storage node accepts it has checked. The clients here are generated stubs, as any program's.
#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/checksum/crc32c.h"
#include "common/cluster/cluster_map.h"
#include "common/rpc/status_conversion.h"
#include "gmock/gmock.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"
#include "trebol/v1/chunk.grpc.pb.h"
#include "trebol/v1/cluster.grpc.pb.h"
#include "trebol/v1/metadata.grpc.pb.h"

namespace trebol {
namespace {

using absl::StatusCode;
using testing::Call;
using ::testing::HasSubstr;
using testing::Headers;
using Chunks = v1::ChunkService::Stub;

class InternalPorts : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    ASSERT_TRUE(AwaitAllCopies("bucket"));
    secret_ = std::string(absl::StripAsciiWhitespace(testing::ContentsOf(cluster().SecretFile())));
    const auto status = client().GetClusterStatus();
    ASSERT_TRUE(status.ok()) << status.status();
    generation_ = status->generation;
    chunks_ = v1::ChunkService::NewStub(testing::PlainChannel(cluster().Endpoint("storage-0")));
    const auto metadata =
        v1::ClusterService::NewStub(testing::PlainChannel(cluster().Endpoint("metadata-0")));
    const auto map = Call(*metadata, &v1::ClusterService::Stub::GetClusterMap,
                          v1::GetClusterMapRequest(), Ours());
    ASSERT_TRUE(map.ok()) << map.status();
    map_ = map->map();
    ASSERT_GT(map_.partitions_size(), 0);
    for (const v1::ClusterNode& node : map_.nodes()) {
      if (node.endpoint() == cluster().Endpoint("storage-0")) storage_0_ = node.id();
    }
  }

  Headers Ours() const { return HeadersOf(secret_, cluster_id(), generation_); }
  static Headers HeadersOf(const std::string& secret, const std::string& cluster,
                           const std::string& generation) {
    return {
        {"trebol-secret", secret}, {"trebol-cluster", cluster}, {"trebol-generation", generation}};
  }
  std::string cluster_id() const {
    return const_cast<InternalPorts*>(this)->cluster().cluster_id();
  }

  /// A put of a chunk of the version `sequence` of nobody's session.
  v1::PutChunkRequest PutOf(uint64_t sequence, const std::string& data) const {
    v1::PutChunkRequest request;
    *request.mutable_chunk()->mutable_version() = VersionOf(sequence);
    const PartitionId partition = PartitionOf(ChunkIdOf(request.chunk()), map_.partitions_size());
    request.set_node(storage_0_);
    request.set_partition(static_cast<uint32_t>(partition.value));
    request.set_epoch(map_.partitions(request.partition()).epoch());
    request.set_crc32c(Crc32c(data));
    request.set_data(data);
    return request;
  }
  v1::VersionId VersionOf(uint64_t sequence) const {
    v1::VersionId version;
    version.set_generation(map_.generation());
    version.set_session(0x7e57);
    version.set_sequence(sequence);
    return version;
  }
  v1::GetChunkRequest GetOf(uint64_t sequence) const {
    v1::GetChunkRequest request;
    request.set_node(storage_0_);
    *request.mutable_chunk()->mutable_version() = VersionOf(sequence);
    request.set_epoch(map_.partitions(0).epoch());
    return request;
  }
  absl::Status Put(const v1::PutChunkRequest& request) {
    return Call(*chunks_, &Chunks::PutChunk, request, Ours()).status();
  }

  void Expect(const std::string& what, const absl::Status& status, StatusCode code,
              ErrorReason reason, const std::vector<std::string>& words) {
    SCOPED_TRACE(what);
    std::cout << what << ": " << absl::StatusCodeToString(status.code()) << " "
              << v1::ErrorReason_Name(ReasonOf(status)) << " " << status.message() << std::endl;
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_EQ(ReasonOf(status), reason) << v1::ErrorReason_Name(ReasonOf(status));
    for (const auto& word : words) EXPECT_THAT(std::string(status.message()), HasSubstr(word));
  }

  std::string secret_, generation_;
  v1::ClusterMap map_;
  uint64_t storage_0_ = 0;
  std::unique_ptr<Chunks> chunks_;
};

TEST_F(InternalPorts, EveryMethodRefusesStrangers) {
  v1::SubmitRequest::descriptor();  // so that the linker keeps metadata.proto
  // From the descriptors: a service or a method that is added is covered by being one.
  std::vector<std::pair<const google::protobuf::MethodDescriptor*, std::string>> methods;
  for (const auto& [proto, server] :
       {std::pair<std::string, std::string>{"trebol/v1/chunk.proto", "storage-0"},
        {"trebol/v1/cluster.proto", "metadata-0"},
        {"trebol/v1/metadata.proto", "metadata-0"}}) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(proto);
    ASSERT_NE(file, nullptr) << proto;
    for (int service = 0; service < file->service_count(); ++service) {
      for (int i = 0; i < file->service(service)->method_count(); ++i) {
        methods.emplace_back(file->service(service)->method(i), server);
      }
    }
  }
  for (const auto& [method, server] : methods) {
    const std::string name = method->name();
    SCOPED_TRACE(method->full_name());
    const auto channel = testing::PlainChannel(cluster().Endpoint(server));
    const auto call = [&](const Headers& headers) {
      const std::string path = absl::StrCat("/", method->service()->full_name(), "/", name);
      return testing::CallByName(channel, path, "", headers).status();
    };
    Expect(name + " without headers", call({}), StatusCode::kUnauthenticated, v1::WRONG_SECRET,
           {"cluster secret", "--cluster-secret-file"});
    Expect(name + " with another secret",
           call(HeadersOf(std::string(secret_.size(), 'a'), cluster_id(), generation_)),
           StatusCode::kUnauthenticated, v1::WRONG_SECRET, {"--cluster-secret-file"});
    Expect(name + " from another cluster", call(HeadersOf(secret_, "another", generation_)),
           StatusCode::kFailedPrecondition, v1::WRONG_CLUSTER,
           {cluster_id(), "'another'", "--metadata"});
    Expect(name + " of another generation",
           call(HeadersOf(secret_, cluster_id(), "0123456789abcdef")),
           StatusCode::kFailedPrecondition, v1::WRONG_GENERATION,
           {generation_, "0123456789abcdef", "operator"});
  }
  EXPECT_GE(methods.size(), 20u);
}

TEST_F(InternalPorts, APlainStubStoresAndReadsAChunk) {
  const std::string data(200'000, 'd');
  const auto put = Call(*chunks_, &Chunks::PutChunk, PutOf(1, data), Ours());
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_FALSE(put->already_stored());
  const auto again = Call(*chunks_, &Chunks::PutChunk, PutOf(1, data), Ours());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->already_stored());
  const auto got = Call(*chunks_, &Chunks::GetChunk, GetOf(1), Ours());
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_TRUE(got->data() == data);
  EXPECT_EQ(got->chunk_size(), data.size());
  EXPECT_EQ(got->crc32c(), Crc32c(data));
  v1::GetChunkRequest part = GetOf(1);
  part.set_offset(65'530);
  part.set_length(100);
  const auto piece = Call(*chunks_, &Chunks::GetChunk, part, Ours());
  ASSERT_TRUE(piece.ok()) << piece.status();
  EXPECT_TRUE(piece->data() == data.substr(65'530, 100));
  EXPECT_EQ(piece->crc32c(), Crc32c(data.substr(65'530, 100)));

  v1::DeleteVersionsRequest remove;
  remove.set_node(storage_0_);
  *remove.add_versions() = VersionOf(1);
  remove.set_map_epoch(map_.epoch());
  const auto removed = Call(*chunks_, &Chunks::DeleteVersions, remove, Ours());
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_EQ(removed->freed_chunks(), 1u);
  EXPECT_EQ(removed->freed_bytes(), data.size());
  v1::StatChunkRequest stat;
  stat.set_node(storage_0_);
  stat.add_chunks()->CopyFrom(GetOf(1).chunk());
  stat.add_chunks()->CopyFrom(GetOf(99).chunk());
  const auto states = Call(*chunks_, &Chunks::StatChunk, stat, Ours());
  ASSERT_TRUE(states.ok()) << states.status();
  EXPECT_EQ(states->entries(0).state(), v1::StatChunkResponse::DELETED);
  EXPECT_EQ(states->entries(1).state(), v1::StatChunkResponse::ABSENT);
  Expect("a put of a deleted version", Put(PutOf(1, data)), StatusCode::kFailedPrecondition,
         v1::VERSION_DELETED, {});
  Expect("a get of a deleted version", Call(*chunks_, &Chunks::GetChunk, GetOf(1), Ours()).status(),
         StatusCode::kNotFound, v1::CHUNK_NOT_FOUND, {});
}

TEST_F(InternalPorts, APlainStubSendsBatchesAndEachCallIsJudgedAlone) {
  const std::string data = "bytes of a small chunk";
  v1::Batch puts;
  puts.add_calls()->set_request(PutOf(11, data).SerializeAsString());
  v1::PutChunkRequest wrong_sum = PutOf(12, data);
  wrong_sum.set_crc32c(wrong_sum.crc32c() + 1);
  puts.add_calls()->set_request(wrong_sum.SerializeAsString());
  puts.add_calls()->set_request("no message at all");
  puts.add_calls()->set_request(PutOf(11, data).SerializeAsString());
  const auto put = Call(*chunks_, &Chunks::PutChunkBatch, puts, Ours());
  ASSERT_TRUE(put.ok()) << put.status();
  ASSERT_EQ(put->answers_size(), 4);
  const auto reason = [](const v1::BatchAnswer::Answer& answer) {
    return answer.failure().empty() ? v1::ERROR_REASON_UNSPECIFIED
                                    : ReasonOf(FromStatusDetails(answer.failure()));
  };
  EXPECT_EQ(reason(put->answers(0)), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(reason(put->answers(1)), v1::CHECKSUM_MISMATCH);
  EXPECT_EQ(reason(put->answers(2)), v1::INVALID_ARGUMENT);
  v1::PutChunkResponse repeat;
  ASSERT_TRUE(repeat.ParseFromString(put->answers(3).response()));
  EXPECT_TRUE(repeat.already_stored());

  v1::Batch gets;
  gets.add_calls()->set_request(GetOf(11).SerializeAsString());
  gets.add_calls()->set_request(GetOf(12).SerializeAsString());
  const auto got = Call(*chunks_, &Chunks::GetChunkBatch, gets, Ours());
  ASSERT_TRUE(got.ok()) << got.status();
  v1::GetChunkResponse chunk;
  ASSERT_TRUE(chunk.ParseFromString(got->answers(0).response()));
  EXPECT_EQ(chunk.data(), data);
  EXPECT_EQ(reason(got->answers(1)), v1::CHUNK_NOT_FOUND);
  Expect("a batch of nothing", Call(*chunks_, &Chunks::GetChunkBatch, v1::Batch(), Ours()).status(),
         StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, {"no batch", "empty"});
  while (gets.calls_size() <= 128) *gets.add_calls() = gets.calls(0);
  Expect("a batch of too many", Call(*chunks_, &Chunks::GetChunkBatch, gets, Ours()).status(),
         StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, {"more than 128"});

  const auto metadata =
      v1::MetadataService::NewStub(testing::PlainChannel(cluster().Endpoint("metadata-0")));
  using Metadata = v1::MetadataService::Stub;
  v1::SubmitRequest open, own;
  open.mutable_command()->mutable_open_session();
  own.mutable_command()->mutable_begin_term();
  v1::Batch commands;
  for (const auto& command : {open, own, v1::SubmitRequest()}) {
    commands.add_calls()->set_request(command.SerializeAsString());
  }
  const auto submitted = Call(*metadata, &Metadata::SubmitBatch, commands, Ours());
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  ASSERT_EQ(submitted->answers_size(), 3);
  for (const auto& answer : submitted->answers()) EXPECT_EQ(reason(answer), v1::INVALID_ARGUMENT);
  ASSERT_TRUE(client().PutObject("bucket", "there", "some bytes").ok());
  v1::LookupObjectRequest there, absent;
  for (v1::LookupObjectRequest* lookup : {&there, &absent}) lookup->set_bucket("bucket");
  there.set_key("there");
  absent.set_key("absent");
  v1::Batch lookups;
  lookups.add_calls()->set_request(there.SerializeAsString());
  lookups.add_calls()->set_request(absent.SerializeAsString());
  const auto found = Call(*metadata, &Metadata::LookupObjectBatch, lookups, Ours());
  ASSERT_TRUE(found.ok()) << found.status();
  v1::LookupObjectResponse object;
  ASSERT_TRUE(object.ParseFromString(found->answers(0).response()));
  EXPECT_EQ(object.object().manifest().size(), 10u);
  EXPECT_EQ(reason(found->answers(1)), v1::OBJECT_NOT_FOUND);
}

TEST_F(InternalPorts, ABadChunkIsRefused) {
  const std::string data = "bytes of a chunk";
  v1::PutChunkRequest wrong_sum = PutOf(2, data);
  wrong_sum.set_crc32c(wrong_sum.crc32c() + 1);
  Expect("a chunk with another checksum", Put(wrong_sum), StatusCode::kInvalidArgument,
         v1::CHECKSUM_MISMATCH, {});
  v1::PutChunkRequest old = PutOf(2, data);
  old.set_epoch(old.epoch() - 1);
  const absl::Status stale = Put(old);
  Expect("a chunk under an older epoch", stale, StatusCode::kAborted, v1::STALE_EPOCH,
         {absl::StrCat("partition ", old.partition()), "refresh"});
  v1::PartitionEntry entry;
  ASSERT_TRUE(entry.ParseFromString(AttachmentOf(stale)));
  EXPECT_EQ(entry.epoch(), map_.partitions(old.partition()).epoch());
  EXPECT_EQ(entry.serving_size(), 3);
  v1::PutChunkRequest future = PutOf(2, data);
  future.set_epoch(1'000'000);
  Expect("a chunk under an epoch to come", Put(future), StatusCode::kUnavailable, v1::NOT_READY,
         {"1000000"});
  v1::PutChunkRequest nowhere = PutOf(2, data);
  nowhere.set_partition(1'000'000);
  Expect("a chunk of a partition that is none", Put(nowhere), StatusCode::kUnavailable,
         v1::NOT_READY, {});
  v1::PutChunkRequest elsewhere = PutOf(2, data);
  elsewhere.set_partition(elsewhere.partition() ^ 1);
  Expect("a chunk of another partition", Put(elsewhere), StatusCode::kInvalidArgument,
         v1::INVALID_ARGUMENT, {"belongs to partition"});
  v1::PutChunkRequest astray = PutOf(2, data);
  astray.set_node(storage_0_ + 1);
  Expect("a chunk for another node", Put(astray), StatusCode::kFailedPrecondition, v1::WRONG_NODE,
         {"is meant for node", "--advertise"});
  Expect("an empty chunk", Put(PutOf(2, "")), StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
         {"0 bytes"});
  Expect("a chunk of more than 7 MiB", Put(PutOf(2, std::string(kMaxChunkSize + 1, 'x'))),
         StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, {"7340033", "7340032"});
  Expect("a message of more than 8 MiB", Put(PutOf(2, std::string(kMaxMessageSize, 'x'))),
         StatusCode::kResourceExhausted, v1::ERROR_REASON_UNSPECIFIED, {});
  EXPECT_EQ(ReasonOf(Call(*chunks_, &Chunks::GetChunk, GetOf(2), Ours()).status()),
            v1::CHUNK_NOT_FOUND);
  ASSERT_TRUE(Put(PutOf(2, data)).ok());
  Expect("other bytes under the same id", Put(PutOf(2, "other bytes")), StatusCode::kAlreadyExists,
         v1::CHUNK_CONFLICT, {});
  v1::GetChunkRequest beyond = GetOf(2);
  beyond.set_offset(1'000);
  const auto read = Call(*chunks_, &Chunks::GetChunk, beyond, Ours());
  std::cout << "a read beyond a chunk: " << read.status() << std::endl;
  EXPECT_FALSE(read.ok());
  v1::DeleteVersionsRequest remove;
  remove.set_node(storage_0_);
  *remove.add_versions() = VersionOf(2);
  remove.set_map_epoch(map_.epoch() - 1);
  Expect("a deletion under an older map",
         Call(*chunks_, &Chunks::DeleteVersions, remove, Ours()).status(), StatusCode::kAborted,
         v1::STALE_EPOCH, {"map epoch"});
  const auto garbled =
      testing::CallByName(testing::PlainChannel(cluster().Endpoint("storage-0")),
                          "/trebol.v1.ChunkService/PutChunk", "\xff\xff\xff", Ours());
  Expect("bytes that are no message", garbled.status(), StatusCode::kInvalidArgument,
         v1::INVALID_ARGUMENT, {"malformed"});
}

}  // namespace
}  // namespace trebol
