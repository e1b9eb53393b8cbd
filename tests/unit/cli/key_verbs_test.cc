#include <gmock/gmock.h>

#include "absl/time/clock.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class KeyVerbsTest : public CliTest {};

TEST_F(KeyVerbsTest, CreatePrintsTwoLinesForAShell) {
  EXPECT_EQ(Run({"key", "create", "--user", "alice", "--display-name", "Alice B."}), 0) << err();
  EXPECT_EQ(out(),
            "export AWS_ACCESS_KEY_ID=DRAWN0\nexport AWS_SECRET_ACCESS_KEY=drawn-secret-0\n");
  const v1::AccessKey key = gateway_.keys()["DRAWN0"];
  EXPECT_EQ(key.user(), "alice");
  EXPECT_EQ(key.display_name(), "Alice B.");
  EXPECT_FALSE(key.has_expires());
  EXPECT_EQ(Run({"key", "create", "--json"}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr(R"({"id":"DRAWN1","secret":"drawn-secret-1",)"),
                           HasSubstr(R"("user":"DRAWN1")"), HasSubstr(R"("expires":null)")));
}

TEST_F(KeyVerbsTest, AKeyExpiresSoMuchLaterThanNow) {
  const int64_t before = absl::ToUnixSeconds(absl::Now());
  EXPECT_EQ(Run({"key", "create", "--expires", "30d"}), 0) << err();
  const int64_t expires = gateway_.keys()["DRAWN0"].expires().seconds();
  EXPECT_GE(expires, before + 30 * 86'400);
  EXPECT_LE(expires, absl::ToUnixSeconds(absl::Now()) + 30 * 86'400);
  for (const char* wrong : {"tomorrow", "0", "-1d", "30"}) {
    EXPECT_EQ(Run({"key", "create", std::string("--expires=") + wrong}), 2) << wrong;
    EXPECT_THAT(err(), HasSubstr("--expires")) << wrong;
  }
  EXPECT_EQ(gateway_.keys().size(), 1u);
}

TEST_F(KeyVerbsTest, ImportTakesTheSecretFromItsArgumentOrFromStandardInput) {
  EXPECT_EQ(Run({"key", "import", "AKIA1", "wJalrXUtnFEMI", "--user", "alice"}), 0) << err();
  EXPECT_EQ(out(), "AKIA1: user alice\n");
  EXPECT_EQ(gateway_.keys()["AKIA1"].secret(), "wJalrXUtnFEMI");
  EXPECT_EQ(Run({"key", "import", "AKIA2", "-"}, "from-a-pipe\nmore\n"), 0) << err();
  EXPECT_EQ(gateway_.keys()["AKIA2"].secret(), "from-a-pipe");
  EXPECT_EQ(Run({"key", "import", "AKIA3"}, "  spaces-around \r\n"), 0) << err();
  EXPECT_EQ(gateway_.keys()["AKIA3"].secret(), "spaces-around");
  EXPECT_THAT(out() + err(), Not(HasSubstr("spaces-around")));
  EXPECT_EQ(Run({"key", "import", "AKIA4", "-"}, ""), 2);
  EXPECT_THAT(err(), HasSubstr("there is no secret"));
  EXPECT_EQ(Run({"key", "import"}), 2);
}

TEST_F(KeyVerbsTest, ImportSaysThatTheIdIsTaken) {
  EXPECT_EQ(Run({"key", "import", "AKIA1", "wJalrXUtnFEMI"}), 0);
  EXPECT_EQ(Run({"key", "import", "AKIA1", "another-secret"}), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("AKIA1"), HasSubstr("exists")));
  EXPECT_THAT(err(), Not(HasSubstr("another-secret")));
}

TEST_F(KeyVerbsTest, LsListsEveryPageWithoutSecrets) {
  for (const char* id : {"key-a", "key-b", "key-c", "key-d", "key-e"}) {
    Run({"key", "import", id, "wJalrXUtnFEMI", "--user", id[4] < 'd' ? "alice" : "bob"});
  }
  EXPECT_EQ(Run({"key", "ls"}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr("KEY    USER   CREATED"), HasSubstr("\nkey-a  alice  "),
                           HasSubstr("\nkey-e  bob    "), HasSubstr("never")));
  EXPECT_THAT(out(), Not(HasSubstr("wJalrXUtnFEMI")));
  EXPECT_EQ(Run({"key", "ls", "--user", "bob", "--json"}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr(R"({"id":"key-d","user":"bob")"), Not(HasSubstr("key-a")),
                           Not(HasSubstr("secret"))));
}

TEST_F(KeyVerbsTest, LsSaysWhichExpired) {
  Run({"key", "import", "key-a", "wJalrXUtnFEMI", "--expires", "1ms"});
  absl::SleepFor(absl::Milliseconds(2));
  Run({"key", "ls"});
  EXPECT_THAT(out(), HasSubstr("(expired)"));
}

TEST_F(KeyVerbsTest, RmDeletesSeveral) {
  Run({"key", "import", "AKIA1", "wJalrXUtnFEMI"});
  Run({"key", "import", "AKIA2", "wJalrXUtnFEMI"});
  EXPECT_EQ(Run({"key", "rm", "AKIA1", "AKIA2"}), 0);
  EXPECT_THAT(gateway_.keys(), IsEmpty());
  EXPECT_EQ(Run({"key", "rm", "AKIA1"}), 3);
  EXPECT_THAT(err(), HasSubstr("AKIA1"));
}

}  // namespace
}  // namespace trebol::cli
