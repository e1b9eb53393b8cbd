#include "tests/testing/faulty_disk.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "tests/testing/temporary_directory.h"

namespace trebol::testing {
namespace {

constexpr absl::Duration kDelay = absl::Milliseconds(60);

class FaultyDiskTest : public ::testing::Test {
 protected:
  FaultyDiskTest() : disk_(control_) {
    std::ofstream(directory_.path() + "/data") << "bytes";
    file_ = *disk_.files().Open(directory_.path() + "/data", FileSystem::Mode::kRead);
  }

  void SetDelay(absl::Duration delay) {
    std::ofstream(control_) << absl::ToInt64Milliseconds(delay);
    Await(delay);
  }
  void Await(absl::Duration delay) {
    while (disk_.delay() != delay) absl::SleepFor(absl::Milliseconds(1));
  }
  absl::Duration TimeOfRead() {
    const absl::Time begin = absl::Now();
    EXPECT_EQ(*file_->Read(0, buffer_, sizeof buffer_), 5u);
    return absl::Now() - begin;
  }

  const TemporaryDirectory directory_;
  const std::string control_ = directory_.path() + "/delay";
  FaultyDisk disk_;
  std::unique_ptr<File> file_;
  char buffer_[8] = {};
};

TEST_F(FaultyDiskTest, TakesTheDelayForEveryOperation) {
  SetDelay(kDelay);
  EXPECT_GE(TimeOfRead(), kDelay);
  const absl::Time begin = absl::Now();
  const auto created = disk_.files().Open(directory_.path() + "/new", FileSystem::Mode::kCreate);
  ASSERT_TRUE(created.ok());
  EXPECT_TRUE((*created)->Write(0, "x", 1).ok());
  EXPECT_TRUE((*created)->Sync().ok());
  EXPECT_TRUE(disk_.files().SyncDirectory(directory_.path()).ok());
  EXPECT_GE(absl::Now() - begin, 4 * kDelay);
}

TEST_F(FaultyDiskTest, HasNothingInTheCacheWhileItIsSlow) {
  EXPECT_EQ(file_->ReadCached(0, buffer_, sizeof buffer_), 5u);
  SetDelay(kDelay);
  EXPECT_EQ(file_->ReadCached(0, buffer_, sizeof buffer_), 0u);
}

TEST_F(FaultyDiskTest, FailsAShareOfTheReads) {
  std::ofstream(control_) << "0 30";
  while (disk_.failing_percent() != 30) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(file_->ReadCached(0, buffer_, sizeof buffer_), 0u);
  int failed = 0;
  for (int i = 0; i < 1000; ++i) failed += file_->Read(0, buffer_, sizeof buffer_).ok() ? 0 : 1;
  EXPECT_GT(failed, 200);
  EXPECT_LT(failed, 400);
}

TEST_F(FaultyDiskTest, RecoversWhenTheFileIsGone) {
  SetDelay(absl::Hours(1));
  std::filesystem::remove(control_);
  Await(absl::ZeroDuration());
  TimeOfRead();  // not an hour
  EXPECT_EQ(file_->ReadCached(0, buffer_, sizeof buffer_), 5u);
}

TEST_F(FaultyDiskTest, TakesRocksDbFilesAsWell) {
  SetDelay(kDelay);
  std::unique_ptr<rocksdb::RandomAccessFile> file;
  absl::Time begin = absl::Now();
  ASSERT_TRUE(disk_.rocksdb_env()
                  ->NewRandomAccessFile(directory_.path() + "/data", &file, rocksdb::EnvOptions())
                  .ok());
  rocksdb::Slice result;
  ASSERT_TRUE(file->Read(0, 5, &result, buffer_).ok());
  EXPECT_EQ(result.ToString(), "bytes");
  EXPECT_GE(absl::Now() - begin, 2 * kDelay);

  std::unique_ptr<rocksdb::WritableFile> written;
  begin = absl::Now();
  ASSERT_TRUE(disk_.rocksdb_env()
                  ->NewWritableFile(directory_.path() + "/index", &written, rocksdb::EnvOptions())
                  .ok());
  ASSERT_TRUE(written->Append("x").ok());
  ASSERT_TRUE(written->Sync().ok());
  EXPECT_GE(absl::Now() - begin, 2 * kDelay);
}

}  // namespace
}  // namespace trebol::testing
