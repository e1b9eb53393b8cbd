#include "server/embedded_cluster.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_join.h"
#include "client/client.h"
#include "common/base/error.h"

namespace trebol {
namespace {

std::string RandomBytes(size_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

client::Source SourceOf(const std::string& bytes) {
  auto at = std::make_shared<size_t>(0);
  return [&bytes, at](char* to, size_t size) -> absl::StatusOr<size_t> {
    const size_t n = bytes.copy(to, size, *at);
    *at += n;
    return n;
  };
}

class EmbeddedClusterTest : public testing::Test {
 protected:
  EmbeddedClusterTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "trebol-embedded-XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~EmbeddedClusterTest() override {
    cluster_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Launch() {
    EmbeddedCluster::Options options;
    options.directories = {directory_};
    options.listen = "127.0.0.1:0";
    options.controller = controller_;
    options.first_start.root = AccessPair{"root-of-the-tests", "secret-of-the-tests"};
    auto cluster = EmbeddedCluster::Start(options, SystemClock(), registry_);
    ASSERT_TRUE(cluster.ok()) << cluster.status();
    cluster_ = *std::move(cluster);
  }

  void Start() {
    ASSERT_NO_FATAL_FAILURE(Launch());
    while (!cluster_->Missing().empty()) {
      ASSERT_TRUE(cluster_->fatal().ok()) << cluster_->fatal();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    auto client = client::Client::Create({.endpoint = cluster_->endpoint(),
                                          .access_key_id = "root-of-the-tests",
                                          .secret_access_key = "secret-of-the-tests"});
    ASSERT_TRUE(client.ok()) << client.status();
    client_.emplace(*std::move(client));
  }

  void Put(const std::string& key, const std::string& bytes) {
    auto info = client_->PutObject("bucket", key, SourceOf(bytes));
    ASSERT_TRUE(info.ok()) << info.status();
    EXPECT_EQ(info->size, bytes.size());
  }

  absl::StatusOr<std::string> Get(const std::string& key, const client::ByteRange& range = {}) {
    std::string bytes;
    auto info = client_->GetObject("bucket", key,
                                   [&bytes](absl::string_view part) {
                                     bytes.append(part.data(), part.size());
                                     return absl::OkStatus();
                                   },
                                   {.range = range});
    if (!info.ok()) return info.status();
    return bytes;
  }

  std::string directory_;
  ClusterController::Options controller_;
  Registry registry_;
  std::unique_ptr<EmbeddedCluster> cluster_;
  std::optional<client::Client> client_;
};

TEST_F(EmbeddedClusterTest, ReturnsWhatWasStoredOfEverySize) {
  Start();
  ASSERT_TRUE(client_->CreateBucket("bucket").ok());
  const size_t chunk = kDefaultChunkSize;
  for (size_t size : {size_t{0}, size_t{1}, size_t{4096}, size_t{65536}, chunk - 1, chunk,
                      chunk + 1, 3 * chunk, 9 * chunk + 12345}) {
    SCOPED_TRACE(size);
    const std::string bytes = RandomBytes(size, size);
    Put("object", bytes);
    auto read = Get("object");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(*read == bytes);
  }
}

TEST_F(EmbeddedClusterTest, ASecondStartFindsTheDataOfTheFirst) {
  Start();
  ASSERT_TRUE(client_->CreateBucket("bucket").ok());
  const std::string bytes = RandomBytes(5'000'000, 7);
  Put("a/b", bytes);
  cluster_.reset();
  Start();
  auto read = Get("a/b");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*read == bytes);
  EXPECT_EQ(client_->ListBuckets()->size(), 1u);
}

TEST_F(EmbeddedClusterTest, AnOlderCopyOfMetadataNeedsTheOperatorsWord) {
  namespace fs = std::filesystem;
  const fs::path metadata = fs::path(directory_) / "metadata";
  const fs::path copy = fs::path(directory_) / "copy";
  Start();
  ASSERT_TRUE(client_->CreateBucket("bucket").ok());
  Put("kept", "old");
  cluster_.reset();
  fs::copy(metadata, copy, fs::copy_options::recursive);
  Start();
  Put("lost", "new");
  cluster_.reset();
  fs::remove_all(metadata);
  fs::rename(copy, metadata);

  ASSERT_NO_FATAL_FAILURE(Launch());
  const auto missing = [this] { return absl::StrJoin(cluster_->Missing(), "\n"); };
  while (missing().find("--accept-missing-history") == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  cluster_.reset();
  controller_.gate.accept_missing_history = true;
  Start();
  EXPECT_EQ(*Get("kept"), "old");
  EXPECT_EQ(ReasonOf(Get("lost").status()), v1::OBJECT_NOT_FOUND);
  Put("later", "newer");
  EXPECT_TRUE(client_->GetClusterStatus()->collection_frozen);
}

TEST_F(EmbeddedClusterTest, ReadsRanges) {
  Start();
  ASSERT_TRUE(client_->CreateBucket("bucket").ok());
  const std::string bytes = RandomBytes(10'000'000, 3);
  Put("o", bytes);
  for (const auto& [offset, length] : {std::pair<uint64_t, uint64_t>{0, 1},
                                       {4194303, 2},
                                       {4194304, 4194304},
                                       {9'999'999, 100},
                                       {65535, 70000}}) {
    auto read = Get("o", {.offset = offset, .length = length});
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(*read == bytes.substr(offset, length)) << offset;
  }
  auto beyond = Get("o", {.offset = 10'000'000});
  EXPECT_EQ(beyond.status().code(), absl::StatusCode::kOutOfRange) << beyond.status();
}

TEST_F(EmbeddedClusterTest, EndsWhileThereIsGarbage) {
  // The end of the gateway's session frees it, and metadata may just then ask nodes for the first
  // time.
  for (int i = 0; i < 6; ++i) {
    Start();
    if (i == 0) ASSERT_TRUE(client_->CreateBucket("bucket").ok());
    Put("o", RandomBytes(1'000'000, i));
    Put("o", RandomBytes(1'000'000, i + 100));
    std::this_thread::sleep_for(std::chrono::milliseconds(150 * i));
    client_.reset();
    cluster_.reset();
  }
}

TEST_F(EmbeddedClusterTest, DeletedBytesAreCollected) {
  Start();
  ASSERT_TRUE(client_->CreateBucket("bucket").ok());
  Put("o", RandomBytes(9'000'000, 1));
  ASSERT_TRUE(client_->DeleteObject("bucket", "o")->existed);
  EXPECT_FALSE(client_->DeleteObject("bucket", "o")->existed);
  EXPECT_EQ(ReasonOf(Get("o").status()), v1::OBJECT_NOT_FOUND);
  while (true) {  // the collector waits until every session has renewed past the deletion
    uint64_t chunks = 0;
    for (size_t i = 0; i < cluster_->node_count(); ++i) {
      chunks += cluster_->node(i).store().Statistics().chunks;
    }
    auto status = client_->GetClusterStatus();
    if (chunks == 0 && status.ok() && status->garbage_bytes == 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace
}  // namespace trebol
