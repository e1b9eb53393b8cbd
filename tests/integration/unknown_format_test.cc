// What a newer release wrote is not guessed at: the process stops and says which release to run.
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/base/endian.h"
#include "gmock/gmock.h"
#include "metadata/state/metadata_store.h"
#include "metadata/state/row_keys.h"
#include "tests/testing/story.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class UnknownFormat : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
  }

  /// Starts it again; it must end before it serves, and say so.
  void ExpectStops(const std::string& name, const std::vector<std::string>& words) {
    const absl::Status status = cluster().Restart(name);
    std::cout << name << ": " << status << std::endl;
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("exit code 1"));
    for (const std::string& word : words) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(word));
    }
  }

  std::unique_ptr<MetadataStore> OpenStore() {
    auto store = MetadataStore::Open({.directory = cluster().DataDir("metadata-0")});
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
};

TEST_F(UnknownFormat, OfASuperblock) {
  ASSERT_TRUE(cluster().Stop("storage-0").ok());
  const std::string path = cluster().DataDir("storage-0") + "/superblock";
  const std::string good = testing::ContentsOf(path);
  ASSERT_GT(good.size(), 16u);
  std::string newer = good;
  newer[8] = 2;
  std::ofstream(path, std::ios::binary) << newer;
  ExpectStops("storage-0", {path, "format 2", "format 1", "newer one"});
  std::string damaged = good;
  damaged[20] ^= 1;
  std::ofstream(path, std::ios::binary) << damaged;
  ExpectStops("storage-0", {path, "damaged"});
  std::ofstream(path, std::ios::binary) << good;
  EXPECT_TRUE(cluster().Restart("storage-0").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
}

TEST_F(UnknownFormat, OfTheMetadataDirectory) {
  ASSERT_TRUE(cluster().Stop("metadata-0").ok());
  const std::string path = cluster().DataDir("metadata-0") + "/TREBOL_METADATA";
  const std::string good = testing::ContentsOf(path);
  std::ofstream(path) << "trebol metadata, format 99\n";
  ExpectStops("metadata-0", {"format 99", "newer one"});
  std::ofstream(path) << "hello\n";
  ExpectStops("metadata-0", {path, "damaged", "hello"});
  std::ofstream(path) << good;
  EXPECT_TRUE(cluster().Restart("metadata-0").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
}

TEST_F(UnknownFormat, OfARow) {
  ASSERT_TRUE(cluster().Stop("metadata-0").ok());
  std::string good;
  {
    auto store = OpenStore();
    ASSERT_TRUE(store->db()->Get({}, row_keys::Cluster(), &good).ok());
    std::string newer = good;
    newer[0] = 2;
    ASSERT_TRUE(store->db()->Put({}, row_keys::Cluster(), newer).ok());
  }
  ExpectStops("metadata-0", {"metadata row", "format 2", "format 1", "newer one"});
  ASSERT_TRUE(OpenStore()->db()->Put({}, row_keys::Cluster(), good).ok());
  EXPECT_TRUE(cluster().Restart("metadata-0").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
}

TEST_F(UnknownFormat, OfALogEntry) {
  ASSERT_TRUE(cluster().Stop("metadata-0").ok());
  std::string key;
  {
    // The next entry, as a newer release would have written it.
    auto store = OpenStore();
    std::unique_ptr<rocksdb::Iterator> last(store->db()->NewIterator({}, store->log_family()));
    last->SeekToLast();
    ASSERT_TRUE(last->Valid());
    v1::LogEntry entry;
    ASSERT_TRUE(entry.ParseFromString(last->value().ToString()));
    entry.set_format(99);
    entry.set_index(entry.index() + 1);
    AppendBigEndian64(entry.index(), &key);
    ASSERT_TRUE(store->db()->Put({}, store->log_family(), key, entry.SerializeAsString()).ok());
  }
  ExpectStops("metadata-0", {"metadata log", "format 99", "newer one"});
  {
    auto store = OpenStore();
    ASSERT_TRUE(store->db()->Delete({}, store->log_family(), key).ok());
  }
  EXPECT_TRUE(cluster().Restart("metadata-0").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
}

}  // namespace
}  // namespace trebol
