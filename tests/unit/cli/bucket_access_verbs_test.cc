#include <gmock/gmock.h>

#include "cli/access_words.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BucketAccessVerbsTest : public CliTest {
 protected:
  std::string Grants() const {
    std::string text;
    const v1::BucketAccess access = gateway_.AccessOf("photos");
    for (const v1::Grant& grant : access.grants()) {
      text += grant.user() + ":" + v1::Grant::Right_Name(grant.right()) + " ";
    }
    return text;
  }
};

TEST_F(BucketAccessVerbsTest, GrantsAreSetUserByUserAndShown) {
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "alice", "bob", "read"}), 0) << err();
  EXPECT_EQ(out(), "");
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "bob", "read-write"}), 0);
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "carol", "owner"}), 0);
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "dave", "write"}), 0);
  EXPECT_EQ(Grants(), "alice:READ bob:READ_WRITE carol:OWNER dave:WRITE ");
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos"}), 0);
  EXPECT_THAT(out(),
              AllOf(HasSubstr("root       owner of the bucket\n"), HasSubstr("alice      read\n"),
                    HasSubstr("bob        read-write\n"), HasSubstr("(anybody)  none\n")));
  EXPECT_EQ(Run({"bucket", "revoke", "trebol://photos", "alice", "carol", "nobody"}), 0);
  EXPECT_EQ(Grants(), "bob:READ_WRITE dave:WRITE ");
}

TEST_F(BucketAccessVerbsTest, AsJson) {
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "bob", "read", "--json"}), 0);
  EXPECT_EQ(out(), R"({"bucket":"photos","owner":"root","grants":[{"user":"bob","right":"read"}],)"
                   R"("anonymous":"none","quota_bytes":null})"
                   "\n");
  EXPECT_EQ(Run({"bucket", "quota", "trebol://photos", "--json"}), 0);
  EXPECT_THAT(out(), HasSubstr(R"("used_bytes":3145728,"objects":2,"old_versions":1})"));
}

TEST_F(BucketAccessVerbsTest, MistakesAreNamedBeforeAnythingIsAsked) {
  const int calls = gateway_.calls();
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "alice"}), 2);
  EXPECT_THAT(err(), HasSubstr("'alice' is no right; use read, write, read-write or owner"));
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "alice", "none"}), 2);
  EXPECT_EQ(Run({"bucket", "grant", "trebol://photos", "read"}), 2);
  EXPECT_THAT(err(), HasSubstr("the user is missing"));
  EXPECT_EQ(Run({"bucket", "revoke", "trebol://photos"}), 2);
  EXPECT_EQ(Run({"bucket", "anonymous", "trebol://photos", "all"}), 2);
  EXPECT_THAT(err(), HasSubstr("'all' is no anonymous access"));
  EXPECT_EQ(Run({"bucket", "quota", "trebol://photos", "much"}), 2);
  EXPECT_EQ(Run({"bucket", "quota", "trebol://photos", "0"}), 2);
  EXPECT_THAT(err(), HasSubstr("say 'none'"));
  EXPECT_EQ(Run({"bucket", "grant", "photos", "alice", "read"}), 2);
  EXPECT_EQ(gateway_.calls(), calls);
  EXPECT_EQ(Grants(), "");
}

TEST_F(BucketAccessVerbsTest, AnonymousAccessHasTheWordsOfOthersToo) {
  for (const auto& [word, name] : std::map<std::string, std::string>{{"none", "none"},
                                                                     {"private", "none"},
                                                                     {"read", "read"},
                                                                     {"download", "read"},
                                                                     {"upload", "upload"},
                                                                     {"read-write", "read-write"},
                                                                     {"public", "read-write"}}) {
    EXPECT_EQ(Run({"bucket", "anonymous", "trebol://photos", word}), 0) << word;
    EXPECT_EQ(Run({"bucket", "anonymous", "trebol://photos"}), 0);
    EXPECT_EQ(out(), name + "\n") << word;
  }
}

TEST_F(BucketAccessVerbsTest, TheQuotaIsShownWithWhatIsThere) {
  EXPECT_EQ(Run({"bucket", "quota", "trebol://photos"}), 0);
  EXPECT_EQ(out(), "3.0 MiB, no quota, 2 objects, 1 old version\n");
  EXPECT_EQ(Run({"bucket", "quota", "trebol://photos", "5GiB"}), 0);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(gateway_.AccessOf("photos").quota_bytes(), 5ull << 30);
  EXPECT_EQ(Run({"bucket", "quota", "trebol://photos"}), 0);
  EXPECT_EQ(out(), "3.0 MiB of 5.0 GiB, 2 objects, 1 old version\n");
  EXPECT_EQ(Run({"bucket", "quota", "trebol://photos", "none"}), 0);
  EXPECT_EQ(gateway_.AccessOf("photos").quota_bytes(), 0u);
}

TEST_F(BucketAccessVerbsTest, ABucketThatIsNotThereIsNotFound) {
  EXPECT_EQ(Run({"bucket", "grant", "trebol://nowhere"}), 3);
  EXPECT_EQ(Run({"bucket", "grant", "trebol://nowhere", "a", "read"}), 3);
  EXPECT_EQ(Run({"bucket", "revoke", "trebol://nowhere", "a"}), 3);
  EXPECT_EQ(Run({"bucket", "anonymous", "trebol://nowhere"}), 3);
  EXPECT_EQ(Run({"bucket", "quota", "trebol://nowhere", "none"}), 3);
  EXPECT_THAT(err(), HasSubstr("trebol://nowhere"));
}

}  // namespace
}  // namespace trebol::cli
