#include <gmock/gmock.h>

#include <stop_token>
#include <string>
#include <utility>

#include "tests/unit/client/files_test.h"

namespace trebol::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr uint64_t kRange = 300'000;
constexpr size_t kSize = 2'500'000;  // nine ranges, the last of 100,000 bytes

class DownloadFile : public FilesTest {
 protected:
  DownloadFileOptions InRanges(bool resume = false) {
    return {.range_size = kRange, .resume = resume, .progress = Watch()};
  }
  absl::Status Get(const DownloadFileOptions& options) {
    return client_.DownloadFile("photos", "a", PathOf("a"), options).status();
  }
  /// A download that may be resumed, cut off when about `bytes` were there.
  void CutOffAt(uint64_t bytes) {
    std::stop_source stop;
    DownloadFileOptions options = InRanges(/*resume=*/true);
    options.stop = stop.get_token();
    options.parallel = 1;
    options.progress = [&](uint64_t done, uint64_t) {
      if (done >= bytes) stop.request_stop();
    };
    const absl::Status cut = Get(options);
    EXPECT_TRUE(absl::IsCancelled(cut)) << cut;
    EXPECT_THAT(Names(), UnorderedElementsAre("a.trebol-part", "a.trebol-state"));
  }
};

TEST_F(DownloadFile, GetsFilesOfEverySize) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{kRange}, size_t{kRange} + 1, kSize}) {
    done_ = 0;
    gateway_.AddObject("photos", "a", Pattern(size));
    const auto info = client_.DownloadFile("photos", "a", PathOf("a"), InRanges());
    ASSERT_TRUE(info.ok()) << size << ": " << info.status();
    EXPECT_EQ(info->size, size);
    EXPECT_TRUE(ReadAll(PathOf("a")) == Pattern(size)) << size;
    EXPECT_EQ(done_, size);
    EXPECT_EQ(total_, size);
    EXPECT_THAT(Names(), ElementsAre("a"));
  }
}

TEST_F(DownloadFile, ReadsSeveralRangesAtATime) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  gateway_.HoldTransfersUntil(3);
  DownloadFileOptions options = InRanges();
  options.parallel = 3;
  ASSERT_TRUE(Get(options).ok());
  EXPECT_TRUE(ReadAll(PathOf("a")) == Pattern(kSize));
  EXPECT_EQ(gateway_.most_transfers(), 3);
}

TEST_F(DownloadFile, ContinuesRangesThatBreak) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  gateway_.BreakGetsAfter(100'000, 5);
  ASSERT_TRUE(Get(InRanges()).ok());
  EXPECT_TRUE(ReadAll(PathOf("a")) == Pattern(kSize));
  EXPECT_EQ(done_, kSize);
}

TEST_F(DownloadFile, LeavesWhatWasThereWhenItFails) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  Write("a", "was here");
  gateway_.CorruptGets();
  EXPECT_EQ(ReasonOf(Get(InRanges())), ErrorReason::kChecksumMismatch);
  EXPECT_EQ(ReadAll(PathOf("a")), "was here");
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(DownloadFile, GetsTheVersionThatItBeganWith) {
  ASSERT_TRUE(client_.SetBucketVersioning("photos", Versioning::kEnabled).ok());
  gateway_.AddObject("photos", "a", Pattern(kSize));
  DownloadFileOptions options = InRanges();
  options.parallel = 1;
  options.progress = [this, replaced = false](uint64_t, uint64_t) mutable {
    if (!std::exchange(replaced, true)) gateway_.AddObject("photos", "a", std::string(kSize, 'x'));
  };
  ASSERT_TRUE(Get(options).ok());
  EXPECT_TRUE(ReadAll(PathOf("a")) == Pattern(kSize));
}

TEST_F(DownloadFile, DoesNotMixTwoVersions) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  DownloadFileOptions options = InRanges();
  options.parallel = 1;
  options.progress = [this, replaced = false](uint64_t, uint64_t) mutable {
    if (!std::exchange(replaced, true)) gateway_.AddObject("photos", "a", std::string(kSize, 'x'));
  };
  const absl::Status status = Get(options);
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(DownloadFile, ResumesWithTheRangesThatCameWhole) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  CutOffAt(4 * kRange + 10);
  const int calls = gateway_.calls();
  ASSERT_TRUE(Get(InRanges(/*resume=*/true)).ok());
  EXPECT_TRUE(ReadAll(PathOf("a")) == Pattern(kSize));
  EXPECT_THAT(Names(), ElementsAre("a"));
  EXPECT_EQ(done_, kSize);
  EXPECT_EQ(gateway_.calls() - calls, 1 + 5) << "a head and the ranges that were missing";
}

TEST_F(DownloadFile, KeepsWhatHasComeAfterTheFailuresThatItIsTold) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  for (const bool keep : {true, false}) {
    std::stop_source stop;
    DownloadFileOptions options = InRanges(/*resume=*/true);
    options.stop = stop.get_token();
    options.progress = [&](uint64_t, uint64_t) { stop.request_stop(); };
    options.keep_after = [keep](const absl::Status& why) { return absl::IsCancelled(why) && keep; };
    EXPECT_TRUE(absl::IsCancelled(Get(options)));
    EXPECT_EQ(Names().size(), keep ? 2u : 0u);
  }
}

TEST_F(DownloadFile, AResumedDownloadReadsAgainWhatIsDamaged) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  CutOffAt(4 * kRange + 10);
  std::string part = ReadAll(PathOf("a.trebol-part"));
  part[kRange + 7] ^= 1;
  Write("a.trebol-part", part);
  std::string notes = ReadAll(PathOf("a.trebol-state"));
  notes.resize(notes.size() - 3);  // the line of the fourth range, torn
  Write("a.trebol-state", notes);
  const int calls = gateway_.calls();
  ASSERT_TRUE(Get(InRanges(/*resume=*/true)).ok());
  EXPECT_TRUE(ReadAll(PathOf("a")) == Pattern(kSize));
  EXPECT_EQ(gateway_.calls() - calls, 1 + 7);
}

TEST_F(DownloadFile, AResumedDownloadBeginsAnewWithAnotherVersion) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  CutOffAt(4 * kRange + 10);
  gateway_.AddObject("photos", "a", std::string(700'000, 'x'));
  ASSERT_TRUE(Get(InRanges(/*resume=*/true)).ok());
  EXPECT_TRUE(ReadAll(PathOf("a")) == std::string(700'000, 'x'));
}

TEST_F(DownloadFile, ADamagedDownloadIsNotKeptForResume) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  gateway_.CorruptGets();
  EXPECT_TRUE(absl::IsDataLoss(Get(InRanges(/*resume=*/true))));
  EXPECT_THAT(Names(), IsEmpty());
  gateway_.CorruptGets(false);
  done_ = 0;
  EXPECT_TRUE(Get(InRanges(/*resume=*/true)).ok());
}

TEST_F(DownloadFile, TwoDownloadsDoNotShareAPartialFile) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  DownloadFileOptions options = InRanges(/*resume=*/true);
  absl::Status second;
  options.progress = [&, begun = false](uint64_t, uint64_t) mutable {
    if (std::exchange(begun, true)) return;
    second = client_.DownloadFile("photos", "a", PathOf("a"), {.resume = true}).status();
  };
  EXPECT_TRUE(Get(options).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(second)) << second;
}

TEST_F(DownloadFile, ObeysPreconditions) {
  gateway_.AddObject("photos", "a", "1");
  const std::string etag = client_.HeadObject("photos", "a")->etag;
  DownloadFileOptions options;
  options.preconditions = Preconditions::IfNoneMatch(etag);
  EXPECT_EQ(ReasonOf(Get(options)), ErrorReason::kNotModified);
  options.preconditions = Preconditions::IfMatch(etag);
  EXPECT_TRUE(Get(options).ok());
}

TEST_F(DownloadFile, ReplacesWhatALinkLeadsToAndNoDirectory) {
  gateway_.AddObject("photos", "a", "new");
  Write("file", "old");
  std::filesystem::create_symlink("file", PathOf("link"));
  ASSERT_TRUE(client_.DownloadFile("photos", "a", PathOf("link")).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(PathOf("link")));
  EXPECT_EQ(ReadAll(PathOf("file")), "new");
  EXPECT_TRUE(
      absl::IsFailedPrecondition(client_.DownloadFile("photos", "a", folder_.path()).status()));
}

TEST_F(DownloadFile, AStopRequestEndsIt) {
  gateway_.AddObject("photos", "a", Pattern(kSize));
  std::stop_source stop;
  DownloadFileOptions options = InRanges();
  options.stop = stop.get_token();
  options.progress = [&](uint64_t, uint64_t) { stop.request_stop(); };
  EXPECT_TRUE(absl::IsCancelled(Get(options)));
  EXPECT_THAT(Names(), IsEmpty());
}

}  // namespace
}  // namespace trebol::client
