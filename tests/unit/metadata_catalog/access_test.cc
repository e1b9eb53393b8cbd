#include <string>

#include "common/base/error.h"
#include "common/object/access_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/catalog/access_keys.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/reads.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::catalog {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kSession = 7;

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() { catalog_.Must(testing::OpenSession(kSession)); }

  v1::OperationId NextOperation() {
    v1::OperationId operation;
    operation.set_session(kSession);
    operation.set_counter(++counter_);
    return operation;
  }
  v1::Command PutKey(const std::string& id, const std::string& secret, const std::string& user) {
    v1::Command command;
    *command.mutable_put_access_key()->mutable_operation() = NextOperation();
    v1::AccessKeyRow& key = *command.mutable_put_access_key()->mutable_key();
    key.set_id(id);
    key.set_secret(secret);
    key.set_user(user);
    return command;
  }
  v1::Command DeleteKey(const std::string& id) {
    v1::Command command;
    *command.mutable_delete_access_key()->mutable_operation() = NextOperation();
    command.mutable_delete_access_key()->set_id(id);
    return command;
  }
  static v1::Command RootKey(const std::string& id, const std::string& secret,
                             const std::vector<std::string>& buckets = {}) {
    v1::Command command;
    command.mutable_set_root_key()->set_id(id);
    command.mutable_set_root_key()->set_secret(secret);
    for (const std::string& bucket : buckets) command.mutable_set_root_key()->add_buckets(bucket);
    return command;
  }
  v1::Command CreateBucket(const std::string& name, const std::string& owner) {
    v1::Command command;
    *command.mutable_create_bucket()->mutable_operation() = NextOperation();
    command.mutable_create_bucket()->set_bucket(name);
    command.mutable_create_bucket()->set_owner(owner);
    return command;
  }
  v1::Command SetAccess(const std::string& bucket,
                        const std::vector<std::pair<std::string, v1::Grant::Right>>& grants) {
    v1::Command command;
    *command.mutable_set_bucket_access()->mutable_operation() = NextOperation();
    command.mutable_set_bucket_access()->set_bucket(bucket);
    for (const auto& [user, right] : grants) {
      v1::Grant& grant = *command.mutable_set_bucket_access()->add_grants();
      grant.set_user(user);
      grant.set_right(right);
    }
    return command;
  }
  /// The reason of a failure that was decided, or of a refusal.
  ErrorReason ReasonFor(const v1::Command& command) {
    const auto outcome = catalog_.Run(command);
    return outcome.ok() ? outcome->error().reason() : ReasonOf(outcome.status());
  }
  std::string Grants(const std::string& bucket) {
    const auto row = buckets::Find(catalog_.rows(), bucket);
    std::string text;
    for (const v1::Grant& grant : (*row)->grants()) {
      text += grant.user() + ":" + v1::Grant::Right_Name(grant.right()) + " ";
    }
    return text;
  }

  testing::MemoryCatalog catalog_;
  uint64_t counter_ = 0;
};

TEST_F(AccessTest, KeysAreMadeAndFoundAndDeleted) {
  catalog_.set_time_us(77);
  const v1::Outcome made = catalog_.Must(PutKey("AKIA1", "wJalrXUtnFEMI", "alice"));
  EXPECT_EQ(made.access_key().secret(), "wJalrXUtnFEMI");
  EXPECT_EQ(made.access_key().created_us(), 77u);
  v1::LookupAccessKeyRequest lookup;
  lookup.set_id("AKIA1");
  EXPECT_EQ(LookupAccessKey(catalog_.rows(), lookup)->key().user(), "alice");
  const v1::Outcome deleted = catalog_.Must(DeleteKey("AKIA1"));
  EXPECT_EQ(deleted.access_key().user(), "alice");
  EXPECT_EQ(deleted.access_key().secret(), "");
  EXPECT_EQ(ReasonOf(LookupAccessKey(catalog_.rows(), lookup).status()), v1::ACCESS_KEY_UNKNOWN);
  EXPECT_EQ(ReasonFor(DeleteKey("AKIA1")), v1::ACCESS_KEY_UNKNOWN);
}

TEST_F(AccessTest, ARepeatedCreationGetsTheFirstSecret) {
  v1::Command create = PutKey("AKIA1", "first-secret", "alice");
  const v1::Outcome first = catalog_.Must(create);
  create.mutable_put_access_key()->mutable_key()->set_id("AKIA2");
  create.mutable_put_access_key()->mutable_key()->set_secret("second-secret");
  const v1::Outcome repeat = catalog_.Must(create);
  EXPECT_EQ(repeat.SerializeAsString(), first.SerializeAsString());
  EXPECT_FALSE(access_keys::Find(catalog_.rows(), "AKIA2")->has_value());
}

TEST_F(AccessTest, AKeyKeepsItsSecretAndUser) {
  catalog_.Must(PutKey("AKIA1", "wJalrXUtnFEMI", "alice"));
  const auto other_secret = catalog_.Must(PutKey("AKIA1", "another-one", "alice"));
  EXPECT_EQ(other_secret.error().reason(), v1::ACCESS_KEY_EXISTS);
  EXPECT_THAT(other_secret.error().message(), Not(HasSubstr("another-one")));
  EXPECT_THAT(other_secret.error().message(), Not(HasSubstr("wJalrXUtnFEMI")));
  EXPECT_EQ(ReasonFor(PutKey("AKIA1", "wJalrXUtnFEMI", "bob")), v1::ACCESS_KEY_EXISTS);
  // The same again is how an import is repeated; it may bring another name and expiry.
  v1::Command again = PutKey("AKIA1", "wJalrXUtnFEMI", "alice");
  again.mutable_put_access_key()->mutable_key()->set_expires_us(99);
  catalog_.set_time_us(5'000);
  const v1::Outcome outcome = catalog_.Must(again);
  EXPECT_EQ(outcome.access_key().expires_us(), 99u);
  EXPECT_EQ(outcome.access_key().created_us(), 1u);
}

TEST_F(AccessTest, RefusesFormsThatAreNoKeys) {
  EXPECT_EQ(ReasonFor(PutKey("AK", "wJalrXUtnFEMI", "alice")), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey("AK/IA1", "wJalrXUtnFEMI", "alice")), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey(std::string("AK\0IA", 5), "wJalrXUtnFEMI", "alice")),
            v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey(std::string(129, 'a'), "wJalrXUtnFEMI", "alice")),
            v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey("AKIA1", "short", "alice")), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey("AKIA1", "has a space", "alice")), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey("AKIA1", std::string(129, 's'), "alice")), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey("AKIA1", "wJalrXUtnFEMI", "")), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(PutKey("AKIA1", "wJalrXUtnFEMI", std::string(65, 'u'))),
            v1::INVALID_ACCESS_KEY);
  v1::Command named = PutKey("AKIA1", "wJalrXUtnFEMI", "alice");
  named.mutable_put_access_key()->mutable_key()->set_display_name("two\nlines");
  EXPECT_EQ(ReasonFor(named), v1::INVALID_ACCESS_KEY);
  // What was refused left no trace.
  EXPECT_FALSE(access_keys::Find(catalog_.rows(), "AKIA1")->has_value());
}

TEST_F(AccessTest, NobodyElseBecomesRoot) {
  EXPECT_EQ(ReasonFor(PutKey("AKIA1", "wJalrXUtnFEMI", "root")), v1::INVALID_ARGUMENT);
  v1::Command root = PutKey("AKIA1", "wJalrXUtnFEMI", "alice");
  root.mutable_put_access_key()->mutable_key()->set_root(true);
  EXPECT_EQ(ReasonFor(root), v1::INVALID_ARGUMENT);
}

TEST_F(AccessTest, RootHasOneKey) {
  catalog_.Must(RootKey("admin", "first-secret", {"photos", "music"}));
  EXPECT_EQ(OwnerOf(**buckets::Find(catalog_.rows(), "photos")), "root");
  EXPECT_EQ(catalog_.Totals().buckets(), 2u);
  EXPECT_EQ(ReasonFor(DeleteKey("admin")), v1::CHANGE_REFUSED);
  EXPECT_EQ(ReasonFor(PutKey("admin", "first-secret", "alice")), v1::ACCESS_KEY_EXISTS);
  // The same again changes nothing, and is no entry.
  const uint64_t head = catalog_.head();
  catalog_.Must(RootKey("admin", "first-secret", {"photos", "music"}));
  EXPECT_EQ(catalog_.head(), head);
  // Another secret, another id: what was before is no key any more.
  catalog_.Must(RootKey("admin", "second-secret"));
  EXPECT_EQ((*access_keys::FindRoot(catalog_.rows()))->secret(), "second-secret");
  catalog_.Must(RootKey("boss", "third-secret", {"late"}));
  EXPECT_EQ((*access_keys::FindRoot(catalog_.rows()))->id(), "boss");
  EXPECT_FALSE(access_keys::Find(catalog_.rows(), "admin")->has_value());
  // Buckets are made the first time only: they may have been deleted since.
  EXPECT_FALSE(buckets::Find(catalog_.rows(), "late")->has_value());
}

TEST_F(AccessTest, RootDoesNotTakeTheKeyOfAnother) {
  catalog_.Must(PutKey("AKIA1", "wJalrXUtnFEMI", "alice"));
  const auto refused = catalog_.Run(RootKey("AKIA1", "another-secret"));
  EXPECT_EQ(ReasonOf(refused.status()), v1::ACCESS_KEY_EXISTS);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("'alice'"));
  EXPECT_EQ((*access_keys::Find(catalog_.rows(), "AKIA1"))->user(), "alice");
}

TEST_F(AccessTest, ListsKeysWithoutSecretsAPageAtATime) {
  for (const char* id : {"key-b", "key-a", "key-c"}) {
    catalog_.Must(PutKey(id, "wJalrXUtnFEMI", id == std::string("key-c") ? "bob" : "alice"));
  }
  v1::ReadAccessKeysRequest request;
  request.set_limit(2);
  auto page = ReadAccessKeys(catalog_.rows(), request);
  ASSERT_EQ(page->keys_size(), 2);
  EXPECT_EQ(page->keys(0).id(), "key-a");
  EXPECT_EQ(page->keys(0).secret(), "");
  EXPECT_TRUE(page->more());
  EXPECT_EQ(page->next_after(), "key-b");
  request.set_after(page->next_after());
  page = ReadAccessKeys(catalog_.rows(), request);
  ASSERT_EQ(page->keys_size(), 1);
  EXPECT_EQ(page->keys(0).id(), "key-c");
  EXPECT_FALSE(page->more());
  request.Clear();
  request.set_user("bob");
  page = ReadAccessKeys(catalog_.rows(), request);
  ASSERT_EQ(page->keys_size(), 1);
  EXPECT_FALSE(page->more());
}

TEST_F(AccessTest, ABucketBelongsToWhoMadeIt) {
  EXPECT_EQ(catalog_.Must(CreateBucket("photos", "alice")).bucket().owner(), "alice");
  EXPECT_EQ(ReasonFor(CreateBucket("photos", "alice")), v1::BUCKET_OWNED_BY_YOU);
  EXPECT_EQ(ReasonFor(CreateBucket("photos", "bob")), v1::BUCKET_ALREADY_EXISTS);
  EXPECT_EQ(ReasonFor(CreateBucket("photos", "")), v1::BUCKET_ALREADY_EXISTS);
  EXPECT_EQ(ReasonFor(CreateBucket("music", "a/b")), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(catalog_.Must(CreateBucket("music", "")).bucket().owner(), "root");
  EXPECT_EQ(ReasonFor(CreateBucket("music", "root")), v1::BUCKET_OWNED_BY_YOU);
  v1::BucketRow old;
  EXPECT_EQ(OwnerOf(old), "root");
}

TEST_F(AccessTest, GrantsAreChangedUserByUser) {
  catalog_.Must(CreateBucket("photos", "alice"));
  catalog_.Must(SetAccess("photos", {{"carol", v1::Grant::READ}, {"bob", v1::Grant::WRITE}}));
  EXPECT_EQ(Grants("photos"), "bob:WRITE carol:READ ");
  catalog_.Must(SetAccess(
      "photos", {{"bob", v1::Grant::READ_WRITE}, {"carol", v1::Grant::RIGHT_UNSPECIFIED}}));
  EXPECT_EQ(Grants("photos"), "bob:READ_WRITE ");
  v1::Command only = SetAccess("photos", {{"dave", v1::Grant::OWNER}});
  only.mutable_set_bucket_access()->set_only_these(true);
  catalog_.Must(only);
  EXPECT_EQ(Grants("photos"), "dave:OWNER ");
  EXPECT_EQ(ReasonFor(SetAccess("photos", {{"a", v1::Grant::READ}, {"a", v1::Grant::WRITE}})),
            v1::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonFor(SetAccess("photos", {{"a", static_cast<v1::Grant::Right>(9)}})),
            v1::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonFor(SetAccess("photos", {{"", v1::Grant::READ}})), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonFor(SetAccess("nowhere", {})), v1::BUCKET_NOT_FOUND);
}

TEST_F(AccessTest, GrantsAreBounded) {
  catalog_.Must(CreateBucket("photos", "alice"));
  std::vector<std::pair<std::string, v1::Grant::Right>> grants;
  for (int i = 0; i < 100; ++i) grants.emplace_back("user" + std::to_string(i), v1::Grant::READ);
  catalog_.Must(SetAccess("photos", grants));
  const auto outcome = catalog_.Must(SetAccess("photos", {{"one-more", v1::Grant::READ}}));
  EXPECT_EQ(outcome.error().reason(), v1::INVALID_ARGUMENT);
  EXPECT_THAT(outcome.error().message(), HasSubstr("101 grants"));
  EXPECT_EQ((*buckets::Find(catalog_.rows(), "photos"))->grants_size(), 100);
}

TEST_F(AccessTest, WhatACommandDoesNotNameStaysAsItIs) {
  catalog_.Must(CreateBucket("photos", "alice"));
  v1::Command open = SetAccess("photos", {});
  open.mutable_set_bucket_access()->set_anonymous(v1::BucketAccess::READ);
  EXPECT_EQ(catalog_.Must(open).bucket().anonymous(), v1::BucketAccess::READ);
  v1::Command give = SetAccess("photos", {{"bob", v1::Grant::READ}});
  give.mutable_set_bucket_access()->set_owner("carol");
  const v1::BucketRow given = catalog_.Must(give).bucket();
  EXPECT_EQ(given.anonymous(), v1::BucketAccess::READ);
  EXPECT_EQ(given.owner(), "carol");
  v1::Command close = SetAccess("photos", {});
  close.mutable_set_bucket_access()->set_anonymous(v1::BucketAccess::NONE);
  const v1::BucketRow closed = catalog_.Must(close).bucket();
  EXPECT_EQ(closed.anonymous(), v1::BucketAccess::NONE);
  EXPECT_EQ(closed.owner(), "carol");
  EXPECT_EQ(closed.grants_size(), 1);
  v1::Command unknown = SetAccess("photos", {});
  unknown.mutable_set_bucket_access()->set_anonymous(static_cast<v1::BucketAccess::Anonymous>(9));
  EXPECT_EQ(ReasonFor(unknown), v1::INVALID_ARGUMENT);
}

TEST_F(AccessTest, CorsRulesAreKeptAndTakenAway) {
  catalog_.Must(CreateBucket("photos", "alice"));
  v1::Command set;
  v1::SetBucketCorsCommand& cors = *set.mutable_set_bucket_cors();
  *cors.mutable_operation() = NextOperation();
  cors.set_bucket("photos");
  v1::CorsRule& rule = *cors.add_rules();
  rule.add_allowed_origins("https://*.example.com");
  rule.add_allowed_methods("GET");
  rule.set_max_age_seconds(0);
  EXPECT_EQ(catalog_.Must(set).bucket().cors(0).SerializeAsString(), rule.SerializeAsString());
  v1::Command wrong = set;
  *wrong.mutable_set_bucket_cors()->mutable_operation() = NextOperation();
  wrong.mutable_set_bucket_cors()->mutable_rules(0)->clear_allowed_methods();
  EXPECT_EQ(ReasonFor(wrong), v1::INVALID_CORS);
  v1::Command clear;
  *clear.mutable_set_bucket_cors()->mutable_operation() = NextOperation();
  clear.mutable_set_bucket_cors()->set_bucket("photos");
  EXPECT_EQ(catalog_.Must(clear).bucket().cors_size(), 0);
}

}  // namespace
}  // namespace trebol::catalog
