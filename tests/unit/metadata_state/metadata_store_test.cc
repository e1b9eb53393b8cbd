#include "metadata/state/metadata_store.h"

#include <filesystem>
#include <fstream>
#include <random>

#include "absl/strings/str_format.h"
#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/state/identity_file.h"
#include "rocksdb/perf_context.h"
#include "rocksdb/perf_level.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

class MetadataStoreTest : public ::testing::Test {
 protected:
  absl::Status Open() {
    store_.reset();
    MetadataStore::Options options;
    options.directory = directory_.path() + "/data";
    auto store = MetadataStore::Open(options);
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    return absl::OkStatus();
  }
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(directory_.path() + "/data");
    std::ofstream(directory_.path() + "/data/" + name) << text;
  }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<MetadataStore> store_;
};

TEST_F(MetadataStoreTest, KeepsWhatWasCommitted) {
  ASSERT_TRUE(Open().ok());
  auto rows = store_->Begin();
  ASSERT_TRUE(rows->Put("a", "1").ok());
  EXPECT_FALSE(store_->Snapshot()->Get("a")->has_value());
  ASSERT_TRUE(rows->Commit().ok());
  rows.reset();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(*store_->Snapshot()->Get("a"), "1");
}

TEST_F(MetadataStoreTest, ALookupAmongManyRowsReadsLittle) {
  ASSERT_TRUE(Open().ok());
  constexpr int64_t kRows = 700'000;
  const auto key = [](int64_t row) { return absl::StrFormat("object/bucket/folder/%09d", row); };
  for (int64_t row = 0; row < kRows;) {
    auto rows = store_->Begin();
    for (int i = 0; i < 10'000; ++i, ++row) {
      ASSERT_TRUE(rows->Put(key(row * 7919 % kRows), std::string(60, 'v')).ok());
    }
    ASSERT_TRUE(rows->Commit().ok());
  }
  ASSERT_TRUE(store_->db()->CompactRange({}, nullptr, nullptr).ok());
  std::mt19937_64 random(1);
  rocksdb::SetPerfLevel(rocksdb::kEnableCount);
  rocksdb::get_perf_context()->Reset();
  constexpr int kLookups = 2'000;
  for (int i = 0; i < kLookups; ++i) {
    const std::string found = key(static_cast<int64_t>(random() % kRows));
    EXPECT_TRUE(store_->Snapshot()->Get(found)->has_value());
    EXPECT_FALSE(store_->Snapshot()->Get(found + "x")->has_value());
  }
  // A block of rows, and of index and filter those that are not in the cache.
  EXPECT_LT(rocksdb::get_perf_context()->block_read_byte / (2 * kLookups), 16'000u);
  rocksdb::SetPerfLevel(rocksdb::kDisable);
}

TEST_F(MetadataStoreTest, ASnapshotOfMemoryReadsNothingFromTheDisk) {
  ASSERT_TRUE(Open().ok());
  auto rows = store_->Begin();
  ASSERT_TRUE(rows->Put("a", "1").ok());
  ASSERT_TRUE(rows->Commit().ok());
  const auto in_memory = [this](absl::string_view key) {
    return store_->Snapshot(RocksSnapshot::Source::kMemory)->Get(key);
  };
  EXPECT_EQ(*in_memory("a"), "1") << "it is in the memtable";
  EXPECT_FALSE(in_memory("b")->has_value());
  ASSERT_TRUE(store_->db()->Flush(rocksdb::FlushOptions()).ok());
  rows.reset();
  ASSERT_TRUE(Open().ok());  // with an empty cache

  const auto cold = store_->Snapshot(RocksSnapshot::Source::kMemory);
  EXPECT_FALSE(cold->missed());
  EXPECT_FALSE(cold->Get("a").ok());
  EXPECT_TRUE(cold->missed());
  const auto scanned = store_->Snapshot(RocksSnapshot::Source::kMemory);
  const absl::Status scan = scanned->Scan("a", "b", [](absl::string_view, absl::string_view) {
    ADD_FAILURE() << "a row came from the disk";
    return ScanStep::Stop();
  });
  EXPECT_FALSE(scan.ok());
  EXPECT_TRUE(scanned->missed());

  EXPECT_EQ(*store_->Snapshot()->Get("a"), "1");  // now it is in the cache
  const auto warm = store_->Snapshot(RocksSnapshot::Source::kMemory);
  EXPECT_EQ(*warm->Get("a"), "1");
  EXPECT_FALSE(warm->missed());
}

TEST_F(MetadataStoreTest, ARowInAFileThatIsNotOpenIsMissedNotEmpty) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(store_->db()->SetOptions({{"disable_auto_compactions", "true"}}).ok());
  constexpr int kFiles = 40;  // RocksDB opens 16 of them by itself
  const auto key = [](int i) { return absl::StrFormat("key%02d", i); };
  for (int i = 0; i < kFiles; ++i) {
    auto rows = store_->Begin();
    ASSERT_TRUE(rows->Put(key(i), std::string(1, static_cast<char>('0' + i))).ok());
    ASSERT_TRUE(rows->Commit().ok());
    ASSERT_TRUE(store_->db()->Flush(rocksdb::FlushOptions()).ok());
  }
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < kFiles; ++i) {
    const auto snapshot = store_->Snapshot(RocksSnapshot::Source::kMemory);
    const auto row = snapshot->Get(key(i));
    EXPECT_EQ(row.ok(), !snapshot->missed()) << row.status();
    if (row.ok()) EXPECT_EQ(*row, std::string(1, static_cast<char>('0' + i))) << key(i);
  }
  for (int i = 0; i < kFiles; ++i) EXPECT_TRUE(store_->Snapshot()->Get(key(i))->has_value());
}

TEST_F(MetadataStoreTest, RefusesTheDirectoryOfAStorageNode) {
  Write("superblock", "…");
  const absl::Status status = Open();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is the data directory of a storage node"));
}

TEST_F(MetadataStoreTest, RefusesADirectoryOfANewerRelease) {
  Write(kMetadataIdentityFile, "trebol metadata, format 99\n");
  const absl::Status status = Open();
  EXPECT_EQ(ReasonOf(status), v1::UNSUPPORTED_FORMAT);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has format 99"));
}

TEST_F(MetadataStoreTest, RefusesADamagedIdentity) {
  Write(kMetadataIdentityFile, "something else");
  EXPECT_EQ(Open().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MetadataStoreTest, RefusesADatabaseWithoutIdentity) {
  ASSERT_TRUE(Open().ok());
  store_.reset();
  std::filesystem::remove(directory_.path() + "/data/" + kMetadataIdentityFile);
  EXPECT_THAT(std::string(Open().message()), HasSubstr("holds a database"));
}

TEST_F(MetadataStoreTest, ToleratesTheSecretBesideIt) {
  Write("cluster.secret", "00");
  EXPECT_TRUE(Open().ok());
}

TEST_F(MetadataStoreTest, SaysThatItIsInUseOnlyWhenItIs) {
  const std::string lock = directory_.path() + "/data/db/LOCK";
  std::filesystem::create_directories(lock);  // so that it cannot be opened as a file
  const absl::Status failed = Open();
  EXPECT_EQ(ReasonOf(failed), v1::STORE_FAILED);
  EXPECT_THAT(std::string(failed.message()), HasSubstr(lock));
  std::filesystem::remove(lock);
  ASSERT_TRUE(Open().ok());
  MetadataStore::Options options;
  options.directory = directory_.path() + "/data";
  EXPECT_EQ(ReasonOf(MetadataStore::Open(options).status()), v1::NODE_CONFLICT);
}

TEST_F(MetadataStoreTest, SaysThatAPathIsNoDirectory) {
  std::ofstream(directory_.path() + "/data") << "a file";
  const absl::Status status = Open();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(directory_.path()));
}

}  // namespace
}  // namespace trebol
