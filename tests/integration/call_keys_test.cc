// Keys at the gRPC door, as people meet them: with two gateways, the SDK and the command line.
#include <cstdlib>
#include <fstream>

#include "gmock/gmock.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using client::ErrorReason;
using client::ReasonOf;
using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

class CallKeys : public testing::Story {
 protected:
  void SetUp() override {
    MiniCluster::Options options;
    options.gateways = 2;
    StartCluster(options);
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    std::ofstream(file_) << "hello";
  }
  client::Client As(const client::AccessKey& key, size_t gateway) {
    return *client::Client::Create({.endpoint = cluster().GatewayEndpoints()[gateway],
                                    .access_key_id = key.id,
                                    .secret_access_key = key.secret});
  }
  testing::ProgramResult CliAs(const std::string& id, const std::string& secret,
                               Arguments arguments) {
    testing::ProgramOptions options;
    options.environment = {{"AWS_ACCESS_KEY_ID", id}, {"AWS_SECRET_ACCESS_KEY", secret}};
    return Cli(std::move(arguments), options);
  }
  testing::ProgramResult CliWithoutAKey(Arguments arguments) {
    return CliAs("", "", std::move(arguments));
  }

  const std::string file_ = dir() + "/file";
};

TEST_F(CallKeys, AKeyThatWasTakenAwayStopsWorkingAtEveryGateway) {
  const auto key = client().CreateAccessKey({.user = "bob"});
  ASSERT_TRUE(key.ok()) << key.status();
  for (const size_t gateway : {0, 1}) {
    EXPECT_TRUE(As(*key, gateway).ListBuckets().ok());
    const absl::Status denied = As(*key, gateway).PutObject("bucket", "k", "1").status();
    EXPECT_EQ(ReasonOf(denied), ErrorReason::kAccessDenied) << denied;
  }
  ASSERT_TRUE(client().DeleteAccessKey(key->id).ok());
  EXPECT_EQ(ReasonOf(As(*key, 0).ListBuckets().status()), ErrorReason::kAccessKeyUnknown)
      << "at the gateway that was told";
  const client::Client other = As(*key, 1);
  EXPECT_TRUE(Await("the other gateway to ask again", [&] {
    return ReasonOf(other.ListBuckets().status()) == ErrorReason::kAccessKeyUnknown;
  }));
}

TEST_F(CallKeys, PassersByMayDoWhatABucketAllowsThem) {
  const auto denied = CliWithoutAKey({"cp", file_, "trebol://bucket/k"});
  EXPECT_EQ(denied.exit_code, 4) << denied.err;
  EXPECT_THAT(denied.err, HasSubstr("AWS_ACCESS_KEY_ID"));
  ASSERT_EQ(Cli({"bucket", "anonymous", "trebol://bucket", "read-write"}).exit_code, 0);
  for (const Arguments& arguments :
       {Arguments{"cp", file_, "trebol://bucket/k"}, Arguments{"ls", "trebol://bucket"},
        Arguments{"cat", "trebol://bucket/k"},
        Arguments{"cp", "trebol://bucket/k", "trebol://bucket/k2"},
        Arguments{"rm", "trebol://bucket/k"}}) {
    const auto result = CliWithoutAKey(arguments);
    EXPECT_EQ(result.exit_code, 0) << arguments.front() << ": " << result.err;
  }
  const std::string large = dir() + "/large";  // in parts, some at a time
  std::ofstream(large) << std::string(70 << 20, 'x');
  for (const Arguments& arguments : {Arguments{"cp", large, "trebol://bucket/large"},
                                     Arguments{"cp", "trebol://bucket/large", large + ".back"}}) {
    const auto result = CliWithoutAKey(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_TRUE(testing::ContentsOf(large) == testing::ContentsOf(large + ".back"));
  for (const Arguments& arguments :
       {Arguments{"ls"}, Arguments{"mb", "trebol://mine"}, Arguments{"rb", "trebol://bucket"},
        Arguments{"cluster", "status"}, Arguments{"object", "explain", "trebol://bucket/k2"}}) {
    const auto result = CliWithoutAKey(arguments);
    EXPECT_EQ(result.exit_code, 4) << arguments.front() << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr("AWS_ACCESS_KEY_ID"));
  }
}

// An upload takes its time; meanwhile its bucket is deleted, and another has the name.
TEST_F(CallKeys, AnUploadDoesNotEndInABucketThatIsNotItsOwn) {
  const auto alice = client().CreateAccessKey({.user = "alice"});
  const auto bob = client().CreateAccessKey({.user = "bob"});
  ASSERT_TRUE(alice.ok() && bob.ok());
  for (const auto& next : {*bob, *alice}) {
    const client::Client owner = As(*alice, 0);
    const client::Client heir = As(next, 1);
    ASSERT_TRUE(owner.CreateBucket("place").ok());
    const std::string piece(1024 * 1024, 'x');
    int pieces = 0;
    const client::Source source = [&](char* to, size_t size) -> absl::StatusOr<size_t> {
      if (++pieces == 20) {  // most of them are stored by then: two at most are on their way
        EXPECT_TRUE(client().DeleteBucket("place").ok());
        EXPECT_TRUE(heir.CreateBucket("place").ok());
      }
      if (pieces > 24) return 0;
      return piece.copy(to, size);
    };
    const auto put = owner.PutObject("place", "key", source);
    if (next.user == "alice") {
      EXPECT_TRUE(put.ok()) << put.status() << " though the new one is hers as well";
    } else {
      EXPECT_EQ(ReasonOf(put.status()), ErrorReason::kAccessDenied) << put.status();
      EXPECT_EQ(ReasonOf(heir.HeadObject("place", "key").status()), ErrorReason::kObjectNotFound);
      ASSERT_TRUE(client().DeleteBucket("place").ok());
    }
  }
}

TEST_F(CallKeys, AWrongKeyIsRefusedWithTheRemedy) {
  const std::string id = std::getenv("AWS_ACCESS_KEY_ID");
  for (const auto& result :
       {CliAs(id, "another-secret", {"ls"}), CliAs("NOBODY", "secret", {"ls"})}) {
    EXPECT_EQ(result.exit_code, 4) << result.err;
    EXPECT_THAT(result.err, HasSubstr("AWS_SECRET_ACCESS_KEY"));
    EXPECT_THAT(result.err, HasSubstr("TREBOL_CREDENTIALS_FILE"));
  }
  const auto broken = CliAs("line\nbreak", "secret", {"ls"});
  EXPECT_EQ(broken.exit_code, 2) << broken.err;
  EXPECT_THAT(broken.err, HasSubstr("AWS_ACCESS_KEY_ID"));
}

}  // namespace
}  // namespace trebol
