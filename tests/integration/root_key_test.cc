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
  /// Metadata with these variables, and without the key that servers of tests are given; ours is
  /// `own`.
  void StartWith(std::vector<std::string> variables, const AccessPair& own) {
    setenv("AWS_ACCESS_KEY_ID", own.id.c_str(), 1);
    setenv("AWS_SECRET_ACCESS_KEY", own.secret.c_str(), 1);
    MiniCluster::Options options;
    options.environment["metadata"] = std::move(variables);
    for (const char* name : {"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="}) {
      options.environment["metadata"].emplace_back(name);
    }
    StartCluster(options);
  }
  client::Client As(const AccessPair& pair) {
    auto client = client::Client::Create({.endpoint = cluster().GatewayEndpoints().front(),
                                          .access_key_id = pair.id,
                                          .secret_access_key = pair.secret});
    EXPECT_TRUE(client.ok()) << client.status();
    return *std::move(client);
  }
  /// What gateways learn of a key.
  absl::StatusOr<v1::AccessKeyRow> Lookup(const AccessPair& as, const std::string& id) {
    const auto status = As(as).GetClusterStatus();
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
  std::string SecretOf(const AccessPair& as, const std::string& id) {
    const auto key = Lookup(as, id);
    return key.ok() ? key->secret() : std::string(ErrorReason_Name(ReasonOf(key.status())));
  }
  /// And waits until the cluster is healthy for whoever has this pair.
  void RestartMetadata(const AccessPair& as) {
    ASSERT_TRUE(cluster().Stop("metadata-0").ok());
    StartMetadata(as);
  }
  void StartMetadata(const AccessPair& as) {
    const absl::Status restarted = cluster().Restart("metadata-0");
    ASSERT_TRUE(restarted.ok()) << restarted;
    ASSERT_TRUE(Await("the cluster to be healthy", [&] {
      const auto status = As(as).GetClusterStatus();
      return status.ok() && status->health == "healthy";
    }));
  }
  std::string CredentialsFile() { return cluster().DataDir("metadata-0") + "/credentials"; }

  const std::string id_file_ = dir() + "/root-id";
  const std::string secret_file_ = dir() + "/root-secret";
};

TEST_F(RootKey, IsDrawnAndToldOnce) {
  StartWith({}, {"NOBODY", "knows-this-one"});
  ASSERT_FALSE(HasFatalFailure());
  const auto drawn = ReadCredentials(CredentialsFile());
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(SecretOf(*drawn, drawn->id), drawn->secret);
  EXPECT_TRUE(Lookup(*drawn, drawn->id)->root());
  struct stat info;
  ASSERT_EQ(stat(CredentialsFile().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  RestartMetadata(*drawn);
  EXPECT_EQ(SecretOf(*drawn, drawn->id), drawn->secret);
  EXPECT_EQ(Times(LogOf("metadata-0"), ExportLines(*drawn)), 1u);
  EXPECT_EQ(Times(LogOf("metadata-0"), drawn->secret), 1u);
  for (const char* other : {"gateway-0", "storage-0"}) {
    EXPECT_THAT(LogOf(other), Not(HasSubstr(drawn->secret)));
  }
  // Another key is none of this cluster's.
  EXPECT_EQ(client().GetClusterStatus().status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(RootKey, ComesFromTheEnvironmentAndIsReplacedByIt) {
  const AccessPair first{"ADMIN", "first-secret"};
  const AccessPair second{"ADMIN", "second-secret"};
  const AccessPair boss{"BOSS", "second-secret"};
  std::ofstream(id_file_) << "ADMIN\n";
  std::ofstream(secret_file_) << "first-secret\n";
  StartWith({"MINIO_ROOT_USER_FILE=" + id_file_, "MINIO_ROOT_PASSWORD_FILE=" + secret_file_,
             "TREBOL_BUCKETS=photos,music"},
            first);
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(SecretOf(first, "ADMIN"), "first-secret");
  EXPECT_EQ(testing::ContentsOf(CredentialsFile()), "");  // who gave it has it
  EXPECT_TRUE(As(first).HeadBucket("photos").ok());
  ASSERT_TRUE(As(first).DeleteBucket("music").ok());

  // The same again is nothing to speak of; buckets are made once.
  RestartMetadata(first);
  EXPECT_THAT(LogOf("metadata-0"), Not(HasSubstr("was replaced")));
  EXPECT_EQ(As(first).HeadBucket("music").status().code(), absl::StatusCode::kNotFound);

  std::ofstream(secret_file_) << "second-secret\n";
  RestartMetadata(second);
  EXPECT_EQ(SecretOf(second, "ADMIN"), "second-secret");
  EXPECT_TRUE(Await("the log to say so", [&] {
    return Times(LogOf("metadata-0"), "the secret of root's key was replaced") == 1;
  }));
  EXPECT_FALSE(As(first).GetClusterStatus().ok());

  std::ofstream(id_file_) << "BOSS\n";
  RestartMetadata(boss);
  EXPECT_EQ(SecretOf(boss, "BOSS"), "second-secret");
  EXPECT_EQ(SecretOf(boss, "ADMIN"), "ACCESS_KEY_UNKNOWN");
  EXPECT_TRUE(Await("the log to say so",
                    [&] { return Times(LogOf("metadata-0"), "root's key was replaced") >= 1; }));
  for (const char* secret : {"first-secret", "second-secret"}) {
    EXPECT_THAT(LogOf("metadata-0"), Not(HasSubstr(secret)));
  }
}

TEST_F(RootKey, ASettingThatIsNoneEndsTheStart) {
  std::ofstream(id_file_) << "ADMIN\n";
  std::ofstream(secret_file_) << "first-secret\n";
  const AccessPair pair{"ADMIN", "first-secret"};
  StartWith({"AWS_ACCESS_KEY_ID_FILE=" + id_file_, "AWS_SECRET_ACCESS_KEY_FILE=" + secret_file_},
            pair);
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(cluster().Stop("metadata-0").ok());
  std::ofstream(secret_file_, std::ios::trunc) << "\n";
  const absl::Status status = cluster().Restart("metadata-0");
  EXPECT_THAT(std::string(status.message()), HasSubstr("AWS_SECRET_ACCESS_KEY_FILE"));
  std::ofstream(secret_file_) << "first-secret\n";
  StartMetadata(pair);
}

}  // namespace
}  // namespace trebol
