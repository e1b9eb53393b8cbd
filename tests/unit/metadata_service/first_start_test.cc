#include "metadata/service/first_start.h"

#include <fstream>
#include <string>

#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSecret[] = "wJalrXUtnFEMI";

std::string ErrorOf(const Environment& environment) {
  return std::string(ReadFirstStart(environment).status().message());
}

TEST(FirstStart, OfAnEnvironmentThatSaysNothing) {
  const auto first =
      ReadFirstStart({{"HOME", "/root"}, {"AWS_REGION", "eu"}, {"AWS_ACCESS_KEY_ID", ""}});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(first->root.has_value());
  EXPECT_THAT(first->buckets, IsEmpty());
}

TEST(FirstStart, TakesTheNamesOfClientsAndThoseOfMinio) {
  const AccessPair expected = {"ADMIN", kSecret};
  EXPECT_EQ(
      ReadFirstStart({{"AWS_ACCESS_KEY_ID", "ADMIN"}, {"AWS_SECRET_ACCESS_KEY", kSecret}})->root,
      expected);
  EXPECT_EQ(ReadFirstStart({{"MINIO_ROOT_USER", "ADMIN"}, {"MINIO_ROOT_PASSWORD", kSecret}})->root,
            expected);
  EXPECT_EQ(ReadFirstStart({{"MINIO_ROOT_USER", "other"},
                            {"MINIO_ROOT_PASSWORD", "other-secret"},
                            {"AWS_ACCESS_KEY_ID", "ADMIN"},
                            {"AWS_SECRET_ACCESS_KEY", kSecret}})
                ->root,
            expected);
}

TEST(FirstStart, ReadsFiles) {
  const testing::TemporaryDirectory directory;
  const std::string id = directory.path() + "/id";
  const std::string secret = directory.path() + "/secret";
  std::ofstream(id) << "ADMIN\n";
  std::ofstream(secret) << kSecret << "\r\n";
  const auto first =
      ReadFirstStart({{"AWS_ACCESS_KEY_ID_FILE", id}, {"AWS_SECRET_ACCESS_KEY_FILE", secret}});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->root, (AccessPair{"ADMIN", kSecret}));
  // One of the two by itself, too.
  EXPECT_EQ(
      ReadFirstStart({{"MINIO_ROOT_USER", "ADMIN"}, {"MINIO_ROOT_PASSWORD_FILE", secret}})->root,
      (AccessPair{"ADMIN", kSecret}));
  EXPECT_THAT(ErrorOf({{"MINIO_ROOT_USER", "ADMIN"},
                       {"MINIO_ROOT_USER_FILE", id},
                       {"MINIO_ROOT_PASSWORD", kSecret}}),
              HasSubstr("MINIO_ROOT_USER and MINIO_ROOT_USER_FILE are both set"));
  EXPECT_THAT(ErrorOf({{"AWS_ACCESS_KEY_ID", "ADMIN"},
                       {"AWS_SECRET_ACCESS_KEY_FILE", directory.path() + "/none"}}),
              HasSubstr("AWS_SECRET_ACCESS_KEY_FILE"));
  std::ofstream(secret, std::ios::trunc) << "\n";
  EXPECT_THAT(ErrorOf({{"AWS_ACCESS_KEY_ID", "ADMIN"}, {"AWS_SECRET_ACCESS_KEY_FILE", secret}}),
              HasSubstr("is empty"));
}

TEST(FirstStart, RefusesHalfAPairAndWhatIsNone) {
  EXPECT_THAT(ErrorOf({{"AWS_ACCESS_KEY_ID", "ADMIN"}}),
              HasSubstr("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(ErrorOf({{"MINIO_ROOT_PASSWORD", kSecret}}),
              HasSubstr("MINIO_ROOT_PASSWORD is set without MINIO_ROOT_USER"));
  const std::string error =
      ErrorOf({{"MINIO_ROOT_USER", "ADMIN"}, {"MINIO_ROOT_PASSWORD", "s3cret"}});
  EXPECT_THAT(error, HasSubstr("MINIO_ROOT_PASSWORD: the secret has 6 bytes"));
  EXPECT_THAT(error, Not(HasSubstr("s3cret")));
  EXPECT_THAT(ErrorOf({{"AWS_ACCESS_KEY_ID", "A/B/C"}, {"AWS_SECRET_ACCESS_KEY", kSecret}}),
              HasSubstr("AWS_ACCESS_KEY_ID: the id of a key 'A/B/C'"));
}

TEST(FirstStart, NamesBuckets) {
  EXPECT_THAT(ReadFirstStart({{"TREBOL_BUCKETS", "photos, music,,"}})->buckets,
              ElementsAre("photos", "music"));
  const auto wrong = ReadFirstStart({{"TREBOL_BUCKETS", "photos,Music"}});
  EXPECT_EQ(ReasonOf(wrong.status()), v1::INVALID_BUCKET_NAME);
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("TREBOL_BUCKETS: "));
}

}  // namespace
}  // namespace trebol
