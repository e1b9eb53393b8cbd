#include "metadata/log/local_log.h"

#include <memory>

#include "gtest/gtest.h"
#include "metadata/state/metadata_store.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

class LocalLogTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    log_.reset();
    store_.reset();
    MetadataStore::Options options;
    options.directory = directory_.path();
    auto store = MetadataStore::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    auto log = LocalLog::Open(store_->db(), store_->log_family());
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }
  void Append(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      const LogIndex head = *log_->Head();
      ASSERT_TRUE(log_->Append(head, "entry " + std::to_string(head.value + 1)).ok());
    }
  }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<LocalLog> log_;
};

TEST_F(LocalLogTest, BeginsEmpty) {
  EXPECT_EQ(log_->Head()->value, 0u);
  EXPECT_TRUE(log_->Read(LogIndex(1), 10)->empty());
}

TEST_F(LocalLogTest, KeepsEntriesInOrderAcrossReopen) {
  Append(3);
  Open();
  EXPECT_EQ(log_->Head()->value, 3u);
  const auto records = log_->Read(LogIndex(2), 10);
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ((*records)[0].index.value, 2u);
  EXPECT_EQ((*records)[0].entry, "entry 2");
  EXPECT_EQ(log_->Read(LogIndex(1), 2)->size(), 2u);
}

TEST_F(LocalLogTest, RefusesAnAppendThatExpectsAnotherHead) {
  Append(2);
  EXPECT_EQ(log_->Append(LogIndex(1), "x").code(), absl::StatusCode::kAborted);
  EXPECT_EQ(log_->Append(LogIndex(3), "x").code(), absl::StatusCode::kAborted);
  EXPECT_EQ(log_->Head()->value, 2u);
  EXPECT_TRUE(log_->Append(LogIndex(2), "x").ok());
}

TEST_F(LocalLogTest, ForgetsWhatIsTrimmedButNeverItsHead) {
  Append(5);
  ASSERT_TRUE(log_->TrimBelow(LogIndex(4)).ok());
  EXPECT_EQ(log_->Read(LogIndex(3), 10).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(log_->Read(LogIndex(4), 10)->size(), 2u);
  ASSERT_TRUE(log_->TrimBelow(LogIndex(100)).ok());
  Open();
  EXPECT_EQ(log_->Head()->value, 5u);
  EXPECT_EQ(log_->Read(LogIndex(5), 10)->size(), 1u);
}

}  // namespace
}  // namespace trebol
