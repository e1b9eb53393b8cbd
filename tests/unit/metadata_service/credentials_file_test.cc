#include "metadata/service/credentials_file.h"

#include <sys/stat.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/config/credentials.h"
#include "common/object/access_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/service/private_file.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class CredentialsFileTest : public ::testing::Test {
 protected:
  std::string Text() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  mode_t Mode() const {
    struct stat info;
    EXPECT_EQ(stat(path_.c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  const testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/credentials";
};

TEST_F(CredentialsFileTest, DrawsAPairOnce) {
  const auto drawn = ReadOrCreateCredentials(path_);
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_THAT(drawn->id, MatchesRegex("[A-Z0-9]{20}"));
  EXPECT_THAT(drawn->secret, MatchesRegex("[A-Za-z0-9]{40}"));
  EXPECT_TRUE(ValidateAccessKeyId(drawn->id).ok());
  EXPECT_TRUE(ValidateAccessKeySecret(drawn->secret).ok());
  EXPECT_EQ(Mode(), 0600u);
  EXPECT_EQ(Text(), "[default]\naws_access_key_id = " + drawn->id +
                        "\naws_secret_access_key = " + drawn->secret + "\n");
  const auto again = ReadOrCreateCredentials(path_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *drawn);
  EXPECT_NE(NewAccessPair(), *drawn);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(CredentialsFileTest, ReadsWhatPeopleWrite) {
  std::ofstream(path_) << "# ours\n[default]\naws_secret_access_key=a=b/c+d\n"
                          "  aws_access_key_id=ADMIN\nregion = eu\n";
  const auto pair = ReadCredentials(path_);
  ASSERT_TRUE(pair.ok()) << pair.status();
  EXPECT_EQ(pair->id, "ADMIN");
  EXPECT_EQ(pair->secret, "a=b/c+d");
}

TEST_F(CredentialsFileTest, OnlyTheDefaultSectionCounts) {
  std::ofstream(path_) << "[work]\naws_access_key_id = WORK\naws_secret_access_key = of-work\n"
                          "[ default ]\naws_access_key_id = MINE\naws_secret_access_key = of-mine\n"
                          "[play]\naws_access_key_id = PLAY\naws_secret_access_key = of-play\n";
  const auto pair = ReadCredentials(path_);
  ASSERT_TRUE(pair.ok()) << pair.status();
  EXPECT_EQ(pair->id, "MINE");
  EXPECT_EQ(pair->secret, "of-mine");
  std::ofstream(path_) << "[work]\naws_access_key_id = WORK\naws_secret_access_key = of-work\n";
  const auto status = ReadCredentials(path_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("[default]"));
}

TEST_F(CredentialsFileTest, AFileWithoutAPairIsNotReplaced) {
  std::ofstream(path_) << "[default]\naws_secret_access_key = very-secret\n";
  const auto status = ReadOrCreateCredentials(path_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("very-secret")));
  EXPECT_THAT(Text(), HasSubstr("very-secret"));
}

TEST_F(CredentialsFileTest, SaysWhereItCannotWrite) {
  const std::string nowhere = directory_.path() + "/none/credentials";
  const auto status = ReadOrCreateCredentials(nowhere).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(nowhere));
}

TEST_F(CredentialsFileTest, WhatIsLeftOverIsNotWrittenInto) {
  // It might be open to others.
  std::ofstream(path_ + ".new") << "left over";
  std::filesystem::permissions(path_ + ".new", std::filesystem::perms::all);
  ASSERT_TRUE(WritePrivateFile(path_, "text").ok());
  EXPECT_EQ(Mode(), 0600u);
  EXPECT_EQ(Text(), "text");
}

TEST(ExportLines, AreForAShell) {
  EXPECT_EQ(ExportLines({"ID", "SECRET"}),
            "export AWS_ACCESS_KEY_ID=ID\nexport AWS_SECRET_ACCESS_KEY=SECRET\n");
}

}  // namespace
}  // namespace trebol
