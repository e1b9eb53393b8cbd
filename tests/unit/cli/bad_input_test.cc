#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using BadInputTest = CliTest;

TEST_F(BadInputTest, HelpAndVersionAreResults) {
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_THAT(out(), StartsWith("trebol "));
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"help"}, {"--help"}, {"-h"}, {"help", "help"}, {"help", "--help"}}) {
    EXPECT_EQ(Run(arguments), 0);
    EXPECT_THAT(out(), HasSubstr("cluster status"));
  }
  EXPECT_EQ(Run({"help", "node", "ls"}), 0);
  EXPECT_THAT(out(), HasSubstr("Usage: trebol node ls"));
}

TEST_F(BadInputTest, AMistypedVerbGetsASuggestion) {
  EXPECT_EQ(Run({"copy", "a", "b"}), 2);
  EXPECT_EQ(Run({"lss"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean 'ls'?"));
  EXPECT_EQ(Run({"node", "sl"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean 'node ls'?"));
  EXPECT_EQ(Run({"cluster-status"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean 'cluster status'?"));
  EXPECT_EQ(Run({"--endpoint", "127.0.0.1:1", "server", "data"}), 2);
  EXPECT_THAT(err(), HasSubstr("'server' has to be the first word"));
  EXPECT_EQ(Run({}), 2);
  EXPECT_THAT(err(), HasSubstr("Usage:"));
}

TEST_F(BadInputTest, AMistypedOptionGetsASuggestion) {
  EXPECT_EQ(Run({"cp", "--recusive", "a", "b"}), 2);
  EXPECT_THAT(err(), HasSubstr("unknown option '--recusive'; did you mean '--recursive'?"));
  EXPECT_EQ(Run({"ls", "--jsn=1"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean '--json'?"));
}

TEST_F(BadInputTest, ArgumentsAreCounted) {
  EXPECT_EQ(Run({"mb"}), 2);
  EXPECT_THAT(err(), HasSubstr("expects trebol://BUCKET..."));
  EXPECT_EQ(Run({"ls", "trebol://a", "trebol://b"}), 2);
  EXPECT_EQ(Run({"cp", "one"}), 2);
  EXPECT_EQ(Run({"node", "ls", "extra"}), 2);
  EXPECT_EQ(Run({"cp", "--jobs"}), 2);
  EXPECT_EQ(Run({"cp", "--jobs", "0", "a", "trebol://photos/"}), 2);
  EXPECT_EQ(Run({"cp", "--jobs", "x", "a", "trebol://photos/"}), 2);
}

TEST_F(BadInputTest, BadUrlsAreUsage) {
  EXPECT_EQ(Run({"mb", "photos"}), 2);
  EXPECT_EQ(err(), "trebol: mb: 'photos' is not a URL; write trebol://photos\n");
  EXPECT_EQ(Run({"mb", "trebol://photos/a"}), 2);
  EXPECT_EQ(Run({"mb", "trebol://NO"}), 2);
  EXPECT_EQ(Run({"cat", "trebol://photos"}), 2);
  EXPECT_EQ(Run({"rm", "trebol://photos/"}), 2);
  EXPECT_EQ(Run({"cat", "photos/a"}), 2);
  EXPECT_THAT(err(), HasSubstr("'photos/a' is not a URL; write trebol://BUCKET/KEY"));
  EXPECT_EQ(Run({"cp", "s3://photos/a", "b"}), 2);
  EXPECT_THAT(err(), HasSubstr("'s3://photos/a' has the scheme of S3; write trebol://photos/a"));
  EXPECT_EQ(Run({"cat", "--range", "5-2", "trebol://photos/a"}), 2);
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a", "--metadata", "novalue"}), 2);
}

TEST_F(BadInputTest, TheEndpointComesFromOptionThenVariable) {
  variables_["TREBOL_ENDPOINT"] = "127.0.0.1:1";
  EXPECT_EQ(Run({"ls", "--endpoint", gateway_.endpoint()}), 0);
  EXPECT_EQ(Run({"--endpoint", gateway_.endpoint(), "ls"}), 0) << "also before the verb";
  EXPECT_EQ(Run({"--endpoint=" + gateway_.endpoint(), "ls"}), 0);
  EXPECT_EQ(Run({"ls"}), 5);
  EXPECT_THAT(err(), HasSubstr("127.0.0.1:1"));
  EXPECT_EQ(Run({"ls", "--endpoint", "nonsense"}), 2);
  EXPECT_THAT(err(), HasSubstr("'nonsense' is not HOST:PORT"));
}

TEST_F(BadInputTest, RefusalsOfTheServerHaveTheirExitCodes) {
  gateway_.FailNext(1, absl::PermissionDeniedError("not yours"));
  EXPECT_EQ(Run({"ls"}), 4);
  EXPECT_EQ(err(), "trebol: ls: not yours\n");
  gateway_.FailNext(9, absl::UnavailableError("starting"));
  EXPECT_EQ(Run({"mb", "trebol://music"}), 5);
}

TEST_F(BadInputTest, AGatewayThatIsGoneIsUnavailable) {
  gateway_.Stop();
  EXPECT_EQ(Run({"ls"}), 5);
  EXPECT_EQ(err(), "trebol: ls: cannot reach " + gateway_.endpoint() +
                       " (Connection refused); check that a gateway listens there, or name another "
                       "endpoint\n");
}

}  // namespace
}  // namespace trebol::cli
