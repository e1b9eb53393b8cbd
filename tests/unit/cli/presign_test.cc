#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class PresignTest : public CliTest {
 protected:
  PresignTest() {
    variables_["AWS_ACCESS_KEY_ID"] = "AKID";
    variables_["AWS_SECRET_ACCESS_KEY"] = "a-secret";
  }
};

TEST_F(PresignTest, PrintsALinkAndAsksNobody) {
  ASSERT_EQ(Run({"presign", "--expires", "7d", "trebol://photos/a b+ü.jpg"}), 0) << err();
  EXPECT_THAT(out(), MatchesRegex("http://127.0.0.1:9000/photos/a%20b%2B%C3%BC.jpg\\?"
                                  "X-Amz-Algorithm=AWS4-HMAC-SHA256&.*X-Amz-Expires=604800&.*"
                                  "X-Amz-Signature=[0-9a-f]+\n"));
  variables_["AWS_ENDPOINT_URL"] = "https://s3.example.com/";
  variables_["AWS_REGION"] = "eu-south-2";
  ASSERT_EQ(Run({"presign", "--method", "put", "trebol://photos/a"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("https://s3.example.com/photos/a?"));
  EXPECT_THAT(out(), HasSubstr("eu-south-2"));
}

TEST_F(PresignTest, RefusesWhatIsNoLink) {
  for (const char* time : {"0s", "8d", "1500ms", "soon"}) {
    EXPECT_EQ(Run({"presign", "--expires", time, "trebol://photos/a"}), 2) << time;
    EXPECT_THAT(err(), HasSubstr("--expires"));
  }
  EXPECT_EQ(Run({"presign", "--method", "POST", "trebol://photos/a"}), 2);
  EXPECT_EQ(Run({"presign", "trebol://photos"}), 2);
  EXPECT_EQ(Run({"presign", "--s3-endpoint", "127.0.0.1:9000", "trebol://photos/a"}), 1);
  EXPECT_THAT(err(), HasSubstr("http[s]://HOST[:PORT]"));
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_EQ(Run({"presign", "trebol://photos/a"}), 1);
  EXPECT_THAT(err(), HasSubstr("AWS_ACCESS_KEY_ID"));
}

}  // namespace
}  // namespace trebol::cli
