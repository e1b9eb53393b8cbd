// Root's key: drawn at the first start and told once, or taken from the environment, and replaced
// when that says another.
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/config/credentials.h"
#include "gmock/gmock.h"
#include "metadata/service/credentials_file.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"
#include "trebol/v1/identity.grpc.pb.h"

namespace trebol {
namespace {

using testing::Call;
using ::testing::HasSubstr;
using ::testing::Not;

size_t Times(const std::string& text, const std::string& word) {
  size_t times = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++times;
  return times;
}

class RootKey : public testing::Story {
 protected:
  /// What gateways learn of a key.
  absl::StatusOr<v1::AccessKeyRow> Lookup(const std::string& id) {
    const auto status = client().GetClusterStatus();
    if (!status.ok()) return status.status();
    const testing::Headers headers = {
        {"trebol-secret",
         std::string(absl::StripAsciiWhitespace(testing::ContentsOf(cluster().SecretFile())))},
        {"trebol-cluster", cluster().cluster_id()},
        {"trebol-generation", status->generation}};
    const auto metadata =
        v1::IdentityService::NewStub(testing::PlainChannel(cluster().Endpoint("metadata-0")));
    v1::LookupAccessKeyRequest request;
    request.set_id(id);
    const auto found =
        Call(*metadata, &v1::IdentityService::Stub::LookupAccessKey, request, headers);
    if (!found.ok()) return found.status();
    return found->key();
  }
  std::string SecretOf(const std::string& id) {
    const auto key = Lookup(id);
    return key.ok() ? key->secret() : std::string(ErrorReason_Name(ReasonOf(key.status())));
  }
  void RestartMetadata() {
    ASSERT_TRUE(cluster().Stop("metadata-0").ok());
    const absl::Status restarted = cluster().Restart("metadata-0");
    ASSERT_TRUE(restarted.ok()) << restarted;
    ASSERT_TRUE(AwaitHealth("healthy"));
  }
  std::string CredentialsFile() { return cluster().DataDir("metadata-0") + "/credentials"; }

  const std::string id_file_ = dir() + "/root-id";
  const std::string secret_file_ = dir() + "/root-secret";
};

TEST_F(RootKey, IsDrawnAndToldOnce) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  const auto drawn = ReadCredentials(CredentialsFile());
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(SecretOf(drawn->id), drawn->secret);
  EXPECT_TRUE(Lookup(drawn->id)->root());
  struct stat info;
  ASSERT_EQ(stat(CredentialsFile().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  RestartMetadata();
  EXPECT_EQ(SecretOf(drawn->id), drawn->secret);
  EXPECT_EQ(Times(LogOf("metadata-0"), ExportLines(*drawn)), 1u);
  EXPECT_EQ(Times(LogOf("metadata-0"), drawn->secret), 1u);
  for (const char* other : {"gateway-0", "storage-0"}) {
    EXPECT_THAT(LogOf(other), Not(HasSubstr(drawn->secret)));
  }
}

TEST_F(RootKey, ComesFromTheEnvironmentAndIsReplacedByIt) {
  std::ofstream(id_file_) << "ADMIN\n";
  std::ofstream(secret_file_) << "first-secret\n";
  MiniCluster::Options options;
  options.environment["metadata"] = {"MINIO_ROOT_USER_FILE=" + id_file_,
                                     "MINIO_ROOT_PASSWORD_FILE=" + secret_file_,
                                     "TREBOL_BUCKETS=photos,music"};
  StartCluster(options);
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(SecretOf("ADMIN"), "first-secret");
  EXPECT_EQ(testing::ContentsOf(CredentialsFile()), "");  // who gave it has it
  EXPECT_TRUE(client().HeadBucket("photos").ok());
  ASSERT_TRUE(client().DeleteBucket("music").ok());

  // The same again is nothing to speak of; buckets are made once.
  RestartMetadata();
  EXPECT_THAT(LogOf("metadata-0"), Not(HasSubstr("was replaced")));
  EXPECT_EQ(client().HeadBucket("music").status().code(), absl::StatusCode::kNotFound);

  std::ofstream(secret_file_) << "second-secret\n";
  RestartMetadata();
  EXPECT_EQ(SecretOf("ADMIN"), "second-secret");
  EXPECT_TRUE(Await("the log to say so", [&] {
    return Times(LogOf("metadata-0"), "the secret of root's key was replaced") == 1;
  }));

  std::ofstream(id_file_) << "BOSS\n";
  RestartMetadata();
  EXPECT_EQ(SecretOf("BOSS"), "second-secret");
  EXPECT_EQ(SecretOf("ADMIN"), "ACCESS_KEY_UNKNOWN");
  EXPECT_TRUE(Await("the log to say so",
                    [&] { return Times(LogOf("metadata-0"), "root's key was replaced") >= 1; }));
  for (const char* secret : {"first-secret", "second-secret"}) {
    EXPECT_THAT(LogOf("metadata-0"), Not(HasSubstr(secret)));
  }
}

TEST_F(RootKey, ASettingThatIsNoneEndsTheStart) {
  std::ofstream(id_file_) << "ADMIN\n";
  std::ofstream(secret_file_) << "first-secret\n";
  MiniCluster::Options options;
  options.environment["metadata"] = {"AWS_ACCESS_KEY_ID_FILE=" + id_file_,
                                     "AWS_SECRET_ACCESS_KEY_FILE=" + secret_file_};
  StartCluster(options);
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(cluster().Stop("metadata-0").ok());
  std::ofstream(secret_file_, std::ios::trunc) << "\n";
  const absl::Status status = cluster().Restart("metadata-0");
  EXPECT_THAT(std::string(status.message()), HasSubstr("AWS_SECRET_ACCESS_KEY_FILE"));
  std::ofstream(secret_file_) << "first-secret\n";
  EXPECT_TRUE(cluster().Restart("metadata-0").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
}

}  // namespace
}  // namespace trebol
