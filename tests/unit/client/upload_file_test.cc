#include <gmock/gmock.h>

#include <stop_token>
#include <string>

#include "absl/strings/match.h"
#include "tests/unit/client/files_test.h"

namespace trebol::client {
namespace {

constexpr uint64_t kPart = 300'000;
constexpr size_t kSize = 2'500'000;  // nine parts, the last of 100,000 bytes

class UploadFile : public FilesTest {
 protected:
  UploadFileOptions InParts() {
    return {.multipart_threshold = 0,
            .part_size = kPart,
            .on_multipart_upload = [this](const std::string& id) { upload_id_ = id; },
            .progress = Watch()};
  }
  size_t Uploads() { return client_.ListMultipartUploads({.bucket = "photos"})->uploads.size(); }

  std::string upload_id_;
};

TEST_F(UploadFile, PutsASmallFileInOneCall) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1} << 20, size_t{3'000'000}}) {
    done_ = 0;
    const std::string path = Write("a", Pattern(size));
    const auto info =
        client_.UploadFile(path, "photos", "a", {.content_type = "image/png", .progress = Watch()});
    ASSERT_TRUE(info.ok()) << info.status();
    EXPECT_EQ(info->parts, 0u);
    EXPECT_EQ(info->content_type, "image/png");
    EXPECT_TRUE(gateway_.DataOf("photos", "a") == Pattern(size));
    EXPECT_EQ(done_, size);
    EXPECT_EQ(total_, size);
  }
}

TEST_F(UploadFile, CutsALargeFileIntoPartsThatGoUpTogether) {
  const std::string path = Write("a", Pattern(kSize));
  UploadFileOptions options = InParts();
  options.tags = {{"team", "x"}};
  options.headers.cache_control = "no-store";
  options.parallel = 3;
  gateway_.HoldTransfersUntil(3);
  const auto info = client_.UploadFile(path, "photos", "a", options);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->parts, 9u);
  EXPECT_EQ(info->tags.at("team"), "x");
  EXPECT_EQ(info->headers.cache_control, "no-store");
  EXPECT_TRUE(gateway_.DataOf("photos", "a") == Pattern(kSize));
  EXPECT_EQ(done_, kSize);
  EXPECT_GE(calls_, 9);
  EXPECT_EQ(gateway_.most_transfers(), 3);
}

TEST_F(UploadFile, RepeatsAPartThatBreaks) {
  const std::string path = Write("a", Pattern(kSize));
  gateway_.BreakPutsAfter(100'000, 3);
  const auto info = client_.UploadFile(path, "photos", "a", InParts());
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_TRUE(gateway_.DataOf("photos", "a") == Pattern(kSize));
  EXPECT_EQ(done_, kSize);
}

TEST_F(UploadFile, AbortsWhatFailed) {
  const std::string path = Write("a", Pattern(kSize));
  UploadFileOptions options = InParts();
  options.preconditions = Preconditions::IfAbsent();
  gateway_.AddObject("photos", "a", "was here");
  const auto info = client_.UploadFile(path, "photos", "a", options);
  EXPECT_EQ(ReasonOf(info.status()), ErrorReason::kPreconditionFailed);
  EXPECT_EQ(Uploads(), 0u);
  EXPECT_EQ(gateway_.DataOf("photos", "a"), "was here");
}

TEST_F(UploadFile, KeepsWhatWasSentAfterTheFailuresThatItIsTold) {
  const std::string path = Write("a", Pattern(kSize));
  UploadFileOptions options = InParts();
  options.preconditions = Preconditions::IfAbsent();
  options.keep_upload_for_resume = true;
  gateway_.AddObject("photos", "a", "was here");
  for (const bool keep : {false, true}) {
    options.keep_after = [keep](const absl::Status& why) {
      return ReasonOf(why) == ErrorReason::kPreconditionFailed && keep;
    };
    done_ = 0;
    EXPECT_FALSE(client_.UploadFile(path, "photos", "a", options).ok());
    EXPECT_EQ(Uploads(), keep ? 1u : 0u);
  }
}

TEST_F(UploadFile, ResumesAndSendsOnlyWhatIsMissing) {
  const std::string path = Write("a", Pattern(kSize));
  UploadFileOptions options = InParts();
  options.keep_upload_for_resume = true;
  options.parallel = 1;
  std::stop_source stop;
  options.stop = stop.get_token();
  options.progress = [&](uint64_t done, uint64_t) {
    if (done >= 4 * kPart) stop.request_stop();
  };
  const auto cut = client_.UploadFile(path, "photos", "a", options);
  EXPECT_TRUE(absl::IsCancelled(cut.status())) << cut.status();
  EXPECT_TRUE(absl::StrContains(cut.status().message(), upload_id_)) << cut.status();
  ASSERT_EQ(Uploads(), 1u);
  const uint64_t before = gateway_.BytesPutOnceQuiet();
  const size_t there =
      client_.ListParts({.bucket = "photos", .key = "a", .upload_id = upload_id_})->parts.size();
  ASSERT_GE(there, 3u);

  UploadFileOptions again = InParts();
  again.resume_upload_id = upload_id_;
  const auto info = client_.UploadFile(path, "photos", "a", again);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_TRUE(gateway_.DataOf("photos", "a") == Pattern(kSize));
  EXPECT_EQ(gateway_.bytes_put() - before, kSize - there * kPart);
  EXPECT_EQ(done_, kSize);
}

TEST_F(UploadFile, AResumedUploadDoesNotTrustAPartOfOtherBytes) {
  std::string data = Pattern(kSize);
  const std::string path = Write("a", data);
  const auto upload = client_.CreateMultipartUpload("photos", "a");
  for (uint32_t number : {1, 2}) {
    std::string part = data.substr((number - 1) * kPart, kPart);
    if (number == 2) part[5] ^= 1;  // as many bytes, but others
    size_t at = 0;
    ASSERT_TRUE(client_
                    .UploadPart(*upload, number,
                                [&](char* to, size_t size) -> absl::StatusOr<size_t> {
                                  const size_t n = part.copy(to, size, at);
                                  at += n;
                                  return n;
                                })
                    .ok());
  }
  const uint64_t before = gateway_.bytes_put();
  UploadFileOptions options = InParts();
  options.resume_upload_id = upload->upload_id;
  ASSERT_TRUE(client_.UploadFile(path, "photos", "a", options).ok());
  EXPECT_TRUE(gateway_.DataOf("photos", "a") == data);
  EXPECT_EQ(gateway_.bytes_put() - before, kSize - kPart);
}

TEST_F(UploadFile, ResumingWhatIsNotThereSaysSo) {
  const std::string path = Write("a", Pattern(kSize));
  UploadFileOptions options = InParts();
  options.resume_upload_id = "u99";
  EXPECT_EQ(ReasonOf(client_.UploadFile(path, "photos", "a", options).status()),
            ErrorReason::kUploadNotFound);
}

TEST_F(UploadFile, AStopRequestEndsItAndAbortsIt) {
  const std::string path = Write("a", Pattern(kSize));
  std::stop_source stop;
  UploadFileOptions options = InParts();
  options.stop = stop.get_token();
  options.progress = [&](uint64_t, uint64_t) { stop.request_stop(); };
  EXPECT_TRUE(absl::IsCancelled(client_.UploadFile(path, "photos", "a", options).status()));
  EXPECT_EQ(Uploads(), 0u);
}

TEST_F(UploadFile, TheStopRequestOfTheClientEndsItToo) {
  const std::string path = Write("a", Pattern(kSize));
  std::stop_source stop;
  UploadFileOptions options = InParts();
  options.progress = [&](uint64_t, uint64_t) { stop.request_stop(); };
  const Client client = client_.WithStop(stop.get_token());
  EXPECT_TRUE(absl::IsCancelled(client.UploadFile(path, "photos", "a", options).status()));
  EXPECT_EQ(Uploads(), 0u);
}

TEST_F(UploadFile, RefusesAFileThatChanges) {
  for (const bool in_parts : {true, false}) {
    for (const size_t size : {size_t{100}, 2 * kSize}) {
      const std::string path = Write("a", Pattern(kSize));
      UploadFileOptions options;
      if (in_parts) options = InParts();
      bool changed = false;
      options.progress = [&](uint64_t, uint64_t) {
        if (!std::exchange(changed, true)) Write("a", Pattern(size));
      };
      const auto info = client_.UploadFile(path, "photos", "a", options);
      EXPECT_TRUE(absl::IsFailedPrecondition(info.status())) << info.status();
      EXPECT_FALSE(gateway_.HasObject("photos", "a"));
      EXPECT_EQ(Uploads(), 0u);
    }
  }
}

TEST_F(UploadFile, NamesAFileThatCannotBeRead) {
  EXPECT_TRUE(absl::IsNotFound(client_.UploadFile(PathOf("none"), "photos", "a").status()));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(client_.UploadFile(folder_.path(), "photos", "a").status()));
}

TEST_F(UploadFile, RefusesAPartSizeOfTooManyParts) {
  const std::string path = Write("a", Pattern(kSize));
  UploadFileOptions options = InParts();
  options.part_size = 100;
  const auto info = client_.UploadFile(path, "photos", "a", options);
  EXPECT_EQ(ReasonOf(info.status()), ErrorReason::kTooManyParts) << info.status();
  EXPECT_EQ(gateway_.calls(), 0);
}

}  // namespace
}  // namespace trebol::client
