#include "gateway/object/put_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/escaping.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/checksum/crc32c.h"
#include "common/checksum/hasher.h"
#include "tests/testing/gateway_rig.h"

namespace trebol {
namespace {

using Kind = v1::Command;

class PutObjectTest : public testing::Test {
 protected:
  static std::shared_ptr<MemoryBody> Body(const std::string& content, size_t piece = 300) {
    std::vector<std::string> pieces;
    for (size_t i = 0; i < content.size(); i += piece) pieces.push_back(content.substr(i, piece));
    return std::make_shared<MemoryBody>(std::move(pieces));
  }
  std::string Read(const std::string& key) {
    MemoryWriter writer;
    EXPECT_TRUE(rig_.Get(key, &writer).ok());
    return writer.bytes;
  }
  v1::AbandonVersionCommand OnlyAbandon() {
    const auto commands = rig_.metadata->Commands(Kind::kAbandonVersion);
    EXPECT_EQ(commands.size(), 1u);
    return commands.empty() ? v1::AbandonVersionCommand() : commands[0].abandon_version();
  }

  GatewayRig rig_;
};

TEST_F(PutObjectTest, StoresEverySizeAroundAChunk) {
  for (const size_t size : {0, 1, 999, 1000, 1001, 1999, 2000, 5000, 5001}) {
    const std::string content = GatewayRig::Text(size, static_cast<uint32_t>(size));
    const std::string key = "k" + std::to_string(size);
    for (const size_t piece : {1000, 300, 7000}) {
      auto info = rig_.Put(rig_.HeaderOf(key), Body(content, piece));
      ASSERT_TRUE(info.ok()) << info.status();
      EXPECT_EQ(info->size(), size);
      EXPECT_EQ(info->crc32c(), Crc32c(content));
      EXPECT_EQ(info->key(), key);
      EXPECT_EQ(info->content_type(), "application/octet-stream");
      EXPECT_EQ(Read(key), content);
    }
  }
  EXPECT_TRUE(rig_.metadata->Commands(Kind::kAbandonVersion).empty());
  const auto renewed = rig_.Renewed();
  EXPECT_TRUE(renewed.open().empty());
  EXPECT_EQ(renewed.decided_below(), 28u);  // 27 uploads, all decided
}

TEST_F(PutObjectTest, AnEmptyObjectHasNoChunks) {
  ASSERT_TRUE(rig_.Put("empty", "").ok());
  EXPECT_EQ(rig_.storage->puts("n1"), 0);
}

TEST_F(PutObjectTest, RefusesABodyOfAnotherLengthAndGivesUpWhatWasBegun) {
  struct Case {
    uint64_t announced;
    uint64_t chunks;
    uint64_t bytes;
  };
  for (const Case& test : {Case{2600, 3, 2500}, Case{2400, 2, 2000}, Case{0, 0, 0}}) {
    GatewayRig rig;
    auto header = rig.HeaderOf("key");
    header.set_content_length(test.announced);
    const auto info = rig.Put(header, Body(GatewayRig::Text(2500)));
    EXPECT_EQ(ReasonOf(info.status()), v1::BODY_LENGTH_MISMATCH) << test.announced;
    const auto abandoned = rig.metadata->Commands(Kind::kAbandonVersion);
    ASSERT_EQ(abandoned.size(), 1u);
    EXPECT_EQ(abandoned[0].abandon_version().chunks(), test.chunks);
    EXPECT_EQ(abandoned[0].abandon_version().bytes(), test.bytes);
    EXPECT_TRUE(rig.metadata->Abandoned(1));
    EXPECT_EQ(rig.metadata->objects(), 0u);
    EXPECT_TRUE(rig.Renewed().open().empty());
  }
}

TEST_F(PutObjectTest, TakesABodyOfTheAnnouncedLength) {
  for (const size_t size : {0, 1, 1000, 2000, 2500}) {
    auto header = rig_.HeaderOf("key");
    header.set_content_length(size);
    EXPECT_TRUE(rig_.Put(header, Body(GatewayRig::Text(size))).ok()) << size;
  }
}

TEST_F(PutObjectTest, ReadsNoFurtherThanABodyThatIsLongerThanAnnounced) {
  auto header = rig_.HeaderOf("key");
  header.set_content_length(10);
  auto body = Body(GatewayRig::Text(5000), 20);
  EXPECT_EQ(ReasonOf(rig_.Put(header, body).status()), v1::BODY_LENGTH_MISMATCH);
  EXPECT_EQ(body->given(), 1u);
}

TEST_F(PutObjectTest, ChecksTheChecksumOfHeaderAndTrailer) {
  const std::string content = GatewayRig::Text(2500);
  for (const bool in_header : {true, false}) {
    for (const bool right : {true, false}) {
      auto header = rig_.HeaderOf("key");
      auto body = Body(content);
      const uint32_t crc = Crc32c(content) ^ (right ? 0 : 1);
      if (in_header) {
        header.set_crc32c(crc);
      } else {
        body->trailing.set_crc32c(crc);
      }
      const auto info = rig_.Put(header, body);
      EXPECT_EQ(info.ok(), right);
      if (!right) EXPECT_EQ(ReasonOf(info.status()), v1::CHECKSUM_MISMATCH);
    }
  }
  EXPECT_EQ(rig_.metadata->Commands(Kind::kAbandonVersion).size(), 2u);
}

TEST_F(PutObjectTest, GivesTheEtagThatS3ClientsExpectWhenAsked) {
  const std::string content = GatewayRig::Text(2500);
  Hasher md5(v1::Checksum::MD5);
  md5.Update(content);
  const std::string value = md5.Finish();
  const auto put = [&](const std::string& expected) {
    return rig_.runtime.BlockOn(rig_.put->Run(BackgroundContext(), rig_.HeaderOf("key"),
                                              Body(content), Md5Etag{.expected = expected}));
  };
  for (const std::string& expected : {std::string(), value}) {
    const auto info = put(expected);
    ASSERT_TRUE(info.ok()) << info.status();
    EXPECT_EQ(info->etag(), absl::BytesToHexString(value));
    EXPECT_TRUE(info->checksums().empty()) << "it is in the etag";
  }
  EXPECT_EQ(ReasonOf(put(std::string(16, 'x')).status()), v1::CHECKSUM_MISMATCH);
  EXPECT_EQ(rig_.metadata->Commands(Kind::kAbandonVersion).size(), 1u);
}

TEST_F(PutObjectTest, RefusesBadNamesAndLargeMetadataBeforeItBegins) {
  auto reason = [this](const PutObject::Header& header) {
    auto body = Body("x");
    const auto info = rig_.Put(header, body);
    EXPECT_EQ(body->given(), 0u);
    return ReasonOf(info.status());
  };
  auto header = rig_.HeaderOf("");
  EXPECT_EQ(reason(header), v1::INVALID_OBJECT_KEY);
  header = rig_.HeaderOf("key");
  header.set_bucket("No Such Name");
  EXPECT_EQ(reason(header), v1::INVALID_BUCKET_NAME);
  header.set_bucket("no-such-bucket");
  EXPECT_EQ(reason(header), v1::BUCKET_NOT_FOUND);
  header = rig_.HeaderOf("key");
  (*header.mutable_user_metadata())["name"] = std::string(kMaxUserMetadataSize - 3, 'x');
  EXPECT_EQ(reason(header), v1::USER_METADATA_TOO_LARGE);
  header = rig_.HeaderOf("key");
  header.set_content_type(std::string(kMaxContentTypeSize + 1, 'x'));
  EXPECT_EQ(reason(header), v1::INVALID_ARGUMENT);
  header = rig_.HeaderOf("key");
  header.set_content_length(kMaxObjectSize + 1);
  EXPECT_EQ(reason(header), v1::OBJECT_TOO_LARGE);
  EXPECT_TRUE(rig_.metadata->Commands(Kind::kAbandonVersion).empty());
}

TEST_F(PutObjectTest, RepeatsAnAmbiguousCommitAsItIs) {
  for (const bool applied : {true, false}) {
    GatewayRig rig;
    rig.metadata->FailNext(Kind::kPutObject, absl::UnavailableError("lost"), applied);
    ASSERT_TRUE(rig.Put("key", "content").ok());
    const auto puts = rig.metadata->Commands(Kind::kPutObject);
    ASSERT_EQ(puts.size(), 2u);
    EXPECT_EQ(puts[0].SerializeAsString(), puts[1].SerializeAsString());
    EXPECT_TRUE(rig.metadata->Commands(Kind::kAbandonVersion).empty());
  }
}

TEST_F(PutObjectTest, DecidesTheVersionWhenTheCommitIsRefused) {
  rig_.metadata->FailNext(Kind::kPutObject, absl::InvalidArgumentError("no"), false);
  EXPECT_TRUE(absl::IsInvalidArgument(rig_.Put("key", GatewayRig::Text(1500)).status()));
  EXPECT_EQ(OnlyAbandon().chunks(), 2u);
  EXPECT_EQ(OnlyAbandon().bytes(), 1500u);
  EXPECT_TRUE(rig_.metadata->Abandoned(1));
}

TEST_F(PutObjectTest, SaysNothingDefiniteOfACommitWhileNothingConfirmsThatItWasGivenUp) {
  rig_.metadata->FailNext(Kind::kPutObject, absl::PermissionDeniedError("odd"), true);
  rig_.metadata->FailNext(Kind::kAbandonVersion, absl::PermissionDeniedError("odd"), false);
  const auto info = rig_.Put("key", "content");
  EXPECT_TRUE(absl::IsUnavailable(info.status())) << info.status();
  EXPECT_EQ(ReasonOf(info.status()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(rig_.metadata->objects(), 1u);
}

TEST_F(PutObjectTest, ACommitThatHappenedAfterAllIsASuccess) {
  rig_.metadata->FailNext(Kind::kPutObject, absl::InvalidArgumentError("odd"), true);
  const auto info = rig_.Put("key", "content");
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->size(), 7u);
}

TEST_F(PutObjectTest, AnswersTheDecidedErrorOfADeletedBucket) {
  auto body = Body("content");
  body->on_piece = [this](size_t) { rig_.metadata->RemoveBucket("bucket"); };
  EXPECT_EQ(ReasonOf(rig_.Put(rig_.HeaderOf("key"), body).status()), v1::BUCKET_NOT_FOUND);
  EXPECT_TRUE(rig_.Renewed().open().empty());
}

TEST_F(PutObjectTest, AsksOnlyOnceForTheBucketOfSmallBodies) {
  PutObject::Header small = rig_.HeaderOf("key");
  small.set_content_length(7);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rig_.Put(small, Body("content")).ok());
  EXPECT_EQ(rig_.metadata->bucket_lookups(), 1);
  PutObject::Header unknown = rig_.HeaderOf("key");
  EXPECT_TRUE(rig_.Put(unknown, Body("content")).ok());
  EXPECT_EQ(rig_.metadata->bucket_lookups(), 2) << "it may be a large one";
  PutObject::Header large = rig_.HeaderOf("key");
  large.set_content_length(kMiB + 1);
  EXPECT_FALSE(rig_.Put(large, Body("content")).ok());
  EXPECT_EQ(rig_.metadata->bucket_lookups(), 3);

  // Somebody else removes the bucket: the commit says so, and from then on it is asked for again.
  rig_.metadata->RemoveBucket("bucket");
  EXPECT_EQ(ReasonOf(rig_.Put(small, Body("content")).status()), v1::BUCKET_NOT_FOUND);
  EXPECT_EQ(rig_.metadata->bucket_lookups(), 3);
  const auto body = Body("content");
  EXPECT_EQ(ReasonOf(rig_.Put(small, body).status()), v1::BUCKET_NOT_FOUND);
  EXPECT_EQ(rig_.metadata->bucket_lookups(), 4);
  EXPECT_EQ(body->given(), 0u);
  rig_.metadata->AddBucket("bucket");
  EXPECT_TRUE(rig_.Put(small, Body("content")).ok());
  EXPECT_TRUE(rig_.Renewed().open().empty());
}

TEST_F(PutObjectTest, GivesUpWhenTheClientGoesAway) {
  auto body = Body(GatewayRig::Text(1500));
  body->end = absl::CancelledError("gone");
  EXPECT_TRUE(absl::IsCancelled(rig_.Put(rig_.HeaderOf("key"), body).status()));
  EXPECT_EQ(OnlyAbandon().chunks(), 1u);
  EXPECT_EQ(OnlyAbandon().bytes(), 1000u);
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
}

TEST_F(PutObjectTest, GivesUpWhenTooFewCopiesCanBeWritten) {
  for (const char* node : {"n1", "n2"}) {
    rig_.storage->Set(node, {.put = absl::ResourceExhaustedError("full")});
  }
  const auto info = rig_.Put("key", GatewayRig::Text(7000));
  EXPECT_TRUE(absl::IsResourceExhausted(info.status()));
  EXPECT_TRUE(rig_.metadata->Abandoned(1));
  EXPECT_TRUE(rig_.metadata->Commands(Kind::kPutObject).empty());
}

TEST_F(PutObjectTest, PassesTheCallersOperationOnAndAnswersARepeatWithTheFirstOutcome) {
  auto header = rig_.HeaderOf("key");
  header.mutable_operation()->set_session(0xCAFE);
  header.mutable_operation()->set_counter(5);
  const auto first = rig_.Put(header, Body("content"));
  const auto again = rig_.Put(header, Body("content"));
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->version(), again->version());
  const auto puts = rig_.metadata->Commands(Kind::kPutObject);
  ASSERT_EQ(puts.size(), 2u);
  for (const auto& put : puts) {
    EXPECT_EQ(put.put_object().operation().session(), 0xCAFEu);
    EXPECT_EQ(put.put_object().operation().counter(), 5u);
  }
  EXPECT_NE(puts[0].put_object().manifest().version().sequence(),
            puts[1].put_object().manifest().version().sequence());
  EXPECT_TRUE(rig_.metadata->Abandoned(2));
}

TEST_F(PutObjectTest, ASessionThatEndedMidwayIsUnavailable) {
  auto body = Body("content");
  body->on_piece = [this](size_t) { rig_.metadata->CloseSessions(); };
  const auto info = rig_.Put(rig_.HeaderOf("key"), body);
  EXPECT_TRUE(absl::IsUnavailable(info.status())) << info.status();
  EXPECT_EQ(ReasonOf(info.status()), v1::NOT_READY);
}

TEST_F(PutObjectTest, AClientThatSendsNothingHoldsNothing) {
  GatewayRig rig(2000);
  std::vector<std::shared_ptr<OneShot<absl::Status>>> gates;
  std::atomic<int> left = 5;
  std::promise<void> finished;
  for (int i = 0; i < 5; ++i) {
    // One has sent a whole chunk and stopped before the next.
    auto idle = Body(GatewayRig::Text(i == 0 ? 1000 : 0), 1000);
    gates.push_back(std::make_shared<OneShot<absl::Status>>());
    idle->gate = gates.back();
    rig.runtime.Spawn(
        rig.put->Run(BackgroundContext(), rig.HeaderOf("idle" + std::to_string(i)), idle),
        [&](const absl::StatusOr<v1::ObjectInfo>& info) {
          EXPECT_TRUE(info.ok()) << info.status();
          if (--left == 0) finished.set_value();
        });
  }
  EXPECT_TRUE(rig.Put("key", GatewayRig::Text(4500)).ok());
  EXPECT_TRUE(GatewayRig::Until([&] { return rig.memory_in_use() == 0; }));
  EXPECT_EQ(left, 5);
  for (const auto& gate : gates) gate->Set(absl::OkStatus());
  finished.get_future().wait();
}

TEST_F(PutObjectTest, NeverHoldsMoreThanItsMemory) {
  GatewayRig rig(3000, 4);
  for (const char* node : {"n1", "n2", "n3"}) rig.storage->Hold(node);
  std::atomic<int> left = 16;
  std::promise<void> finished;
  for (int i = 0; i < 16; ++i) {
    rig.runtime.Spawn(rig.put->Run(BackgroundContext(), rig.HeaderOf("k" + std::to_string(i)),
                                   Body(GatewayRig::Text(4500))),
                      [&](const absl::StatusOr<v1::ObjectInfo>& info) {
                        EXPECT_TRUE(info.ok()) << info.status();
                        if (--left == 0) finished.set_value();
                      });
  }
  // Each chunk is at three nodes at most: no more than three chunks of 1,000 bytes are on their
  // way.
  ASSERT_TRUE(GatewayRig::Until([&] { return rig.memory->waiting() > 0; }));
  for (int round = 0; round < 50; ++round) {
    EXPECT_LE(rig.storage->held("n1"), 3);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (const char* node : {"n1", "n2", "n3"}) rig.storage->Release(node);
  finished.get_future().wait();
  EXPECT_TRUE(GatewayRig::Until([&] { return rig.memory_in_use() == 0; }));
  EXPECT_EQ(rig.metadata->objects(), 16u);
}

}  // namespace
}  // namespace trebol
