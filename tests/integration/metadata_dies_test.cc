// Metadata is killed under load and comes back: no name is lost, and requests work again.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/load.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::IsEmpty;

class MetadataDies : public testing::Story {};

TEST_F(MetadataDies, UnderLoadAndComesBack) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("load").ok());
  testing::Load load(
      {.endpoints = cluster().GatewayEndpoints(), .seed = 14, .client_timeout = absl::Seconds(5)});
  load.Start();
  for (int round = 0; round < 4; ++round) {
    SCOPED_TRACE(round);
    ASSERT_TRUE(load.AwaitWrites(80, kPatience)) << ::testing::PrintToString(load.errors());
    ASSERT_TRUE(cluster().Kill("metadata-0").ok());
    ASSERT_TRUE(cluster().Restart("metadata-0").ok());
    ASSERT_TRUE(cluster().WaitReady("metadata-0", kPatience).ok());
    ASSERT_TRUE(cluster().WaitReady("gateway-0", kPatience).ok());
  }
  ASSERT_TRUE(load.AwaitWrites(80, kPatience)) << ::testing::PrintToString(load.errors());
  load.Stop();
  const size_t keys = load.Verify(client());
  const auto counts = load.counts();
  std::cout << "puts " << counts.puts << ", gets " << counts.gets << ", deletes " << counts.deletes
            << ", unknown " << counts.unknown << ", refused " << counts.refused << ", failed reads "
            << counts.failed_reads << ", keys " << keys << std::endl;
  EXPECT_THAT(load.violations(), IsEmpty());
  EXPECT_TRUE(AwaitHealth("healthy"));
}

TEST_F(MetadataDies, WithoutItRequestsFailAndSayWhy) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("bucket").ok());
  ASSERT_TRUE(cluster().Kill("metadata-0").ok());
  const auto impatient = ClientOf(cluster().GatewayEndpoints()[0], absl::Seconds(4));
  const auto read = impatient.HeadObject("bucket", "key");
  EXPECT_THAT(read.status().code(),
              ::testing::AnyOf(absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded))
      << read.status();
  std::cout << "head without metadata: " << read.status() << std::endl;
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"stat", "trebol://bucket/key"}, {"ls"}, {"cluster", "status"}}) {
    const auto told = Cli(verb);
    EXPECT_EQ(told.exit_code, 5) << told.err;
    EXPECT_THAT(told.err,
                ::testing::HasSubstr(absl::StrCat("metadata at ", cluster().Endpoint("metadata-0"),
                                                  " cannot be reached; is it running?")));
  }
  ASSERT_TRUE(cluster().Restart("metadata-0").ok());
  Await("head works again",
        [&] { return absl::IsNotFound(impatient.HeadObject("bucket", "key").status()); });
}

}  // namespace
}  // namespace trebol
