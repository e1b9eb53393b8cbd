// Keys, grants and quotas through a gateway, on the real commands of metadata.
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/api_rig.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class AccessOperations : public ::testing::Test {
 protected:
  void TearDown() override {
    const absl::Status intact = rig_.catalog->CheckInvariants();
    EXPECT_TRUE(intact.ok()) << intact;
  }

  absl::StatusOr<v1::AccessKey> Create(const v1::CreateAccessKeyRequest& request) {
    return rig_.Await(rig_.keys->Create(rig_.context, request));
  }
  absl::StatusOr<v1::AccessKey> Import(const std::string& id, const std::string& secret,
                                       const std::string& user = "") {
    v1::ImportAccessKeyRequest request;
    request.set_id(id);
    request.set_secret(secret);
    request.set_user(user);
    return rig_.Await(rig_.keys->Import(rig_.context, request));
  }
  absl::Status Delete(const std::string& id) {
    v1::DeleteAccessKeyRequest request;
    request.set_id(id);
    return rig_.Await(rig_.keys->Delete(rig_.context, request)).status();
  }
  absl::StatusOr<v1::ListAccessKeysResponse> List(const v1::ListAccessKeysRequest& request) {
    return rig_.Await(rig_.keys->List(rig_.context, request));
  }
  /// What the door would know of it.
  std::string SecretOf(const std::string& id) {
    const auto key = rig_.Await(rig_.key_cache->Find(rig_.context, id));
    return key.ok() ? (*key)->secret() : std::string(ErrorReason_Name(ReasonOf(key.status())));
  }
  v1::BucketAccess Access() {
    v1::GetBucketAccessRequest request;
    request.set_bucket("bucket");
    const auto access = rig_.Await(rig_.api.buckets->Access(rig_.context, request));
    EXPECT_TRUE(access.ok()) << access.status();
    return access.value_or(v1::BucketAccess());
  }

  ApiRig rig_;
};

TEST_F(AccessOperations, AKeyIsDrawnAndShownOnce) {
  v1::CreateAccessKeyRequest request;
  request.set_user("alice");
  request.mutable_expires()->set_seconds(2'000'000'000);
  const auto key = Create(request);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_THAT(key->id(), MatchesRegex("[A-Z0-9]{20}"));
  EXPECT_THAT(key->secret(), MatchesRegex("[A-Za-z0-9]{40}"));
  EXPECT_EQ(key->user(), "alice");
  EXPECT_EQ(key->display_name(), "alice");
  EXPECT_EQ(key->expires().seconds(), 2'000'000'000);
  EXPECT_EQ(SecretOf(key->id()), key->secret());
  const auto listed = List({});
  ASSERT_EQ(listed->keys_size(), 1);
  EXPECT_EQ(listed->keys(0).secret(), "");
  EXPECT_EQ(listed->keys(0).expires().seconds(), 2'000'000'000);
  // Without a user it has one of its own.
  const auto other = Create({});
  EXPECT_EQ(other->user(), other->id());
  EXPECT_FALSE(other->has_expires());
}

TEST_F(AccessOperations, ARepeatedCreationShowsTheSameKey) {
  v1::CreateAccessKeyRequest request;
  request.mutable_operation()->set_session(rig_.OpenSession());
  request.mutable_operation()->set_counter(1);
  const auto first = Create(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto repeat = Create(request);
  EXPECT_EQ(repeat->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(List({})->keys_size(), 1);
}

TEST_F(AccessOperations, AKeyThatIsImportedIsGoodAtOnce) {
  EXPECT_EQ(SecretOf("AKIA1"), "ACCESS_KEY_UNKNOWN");
  const auto key = Import("AKIA1", "wJalrXUtnFEMI", "alice");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->secret(), "");
  EXPECT_EQ(SecretOf("AKIA1"), "wJalrXUtnFEMI");
  EXPECT_TRUE(Import("AKIA1", "wJalrXUtnFEMI", "alice").ok());
  const absl::Status taken = Import("AKIA1", "another-secret", "alice").status();
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(taken), v1::ACCESS_KEY_EXISTS);
  EXPECT_EQ(ReasonOf(Import("A", "wJalrXUtnFEMI").status()), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonOf(Import("AKIA2", "short").status()), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(ReasonOf(Import("AKIA2", "wJalrXUtnFEMI", "root").status()), v1::INVALID_ARGUMENT);
}

TEST_F(AccessOperations, ADeletedKeyIsRefusedHereAtOnce) {
  ASSERT_TRUE(Import("AKIA1", "wJalrXUtnFEMI").ok());
  EXPECT_EQ(SecretOf("AKIA1"), "wJalrXUtnFEMI");
  EXPECT_TRUE(Delete("AKIA1").ok());
  EXPECT_EQ(SecretOf("AKIA1"), "ACCESS_KEY_UNKNOWN");
  const absl::Status again = Delete("AKIA1");
  EXPECT_EQ(again.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(again), v1::ACCESS_KEY_UNKNOWN);
}

TEST_F(AccessOperations, ExpiriesThatAreNoTimesAreRefused) {
  for (const auto& [seconds, nanos] : std::vector<std::pair<int64_t, int32_t>>{
           {0, 0}, {-5, 0}, {300'000'000'000, 0}, {1, -1}, {1, 1'000'000'000}}) {
    v1::CreateAccessKeyRequest request;
    request.mutable_expires()->set_seconds(seconds);
    request.mutable_expires()->set_nanos(nanos);
    EXPECT_EQ(ReasonOf(Create(request).status()), v1::INVALID_ARGUMENT) << seconds << " " << nanos;
  }
}

TEST_F(AccessOperations, KeysAreListedAPageAtATime) {
  for (const char* id : {"key-a", "key-b", "key-c"}) {
    ASSERT_TRUE(Import(id, "wJalrXUtnFEMI", id[4] == 'c' ? "bob" : "alice").ok());
  }
  v1::ListAccessKeysRequest request;
  request.set_page_size(2);
  const auto first = List(request);
  ASSERT_EQ(first->keys_size(), 2);
  request.set_page_token(first->next_page_token());
  const auto second = List(request);
  ASSERT_EQ(second->keys_size(), 1);
  EXPECT_EQ(second->keys(0).id(), "key-c");
  EXPECT_EQ(second->next_page_token(), "");
  request.set_user("alice");  // another listing
  EXPECT_EQ(ReasonOf(List(request).status()), v1::INVALID_PAGE_TOKEN);
  request.Clear();
  request.set_page_size(1001);
  EXPECT_EQ(ReasonOf(List(request).status()), v1::INVALID_ARGUMENT);
  request.Clear();
  request.set_user("bob");
  EXPECT_EQ(List(request)->keys_size(), 1);
}

TEST_F(AccessOperations, ABucketSaysWhoMayUseItAndWhatItHolds) {
  ASSERT_TRUE(rig_.Put("a", "12345").ok());
  EXPECT_EQ(Access().owner(), "root");
  EXPECT_EQ(Access().usage().bytes(), 5u);
  EXPECT_EQ(Access().usage().objects(), 1u);
  v1::SetBucketAccessRequest set;
  set.set_bucket("bucket");
  set.set_owner("alice");
  set.set_anonymous(v1::BucketAccess::READ);
  set.add_grants()->set_user("bob");
  set.mutable_grants(0)->set_right(v1::Grant::WRITE);
  const auto answer = rig_.Await(rig_.api.buckets->SetAccess(rig_.context, set));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->has_usage());
  EXPECT_EQ(Access().owner(), "alice");
  EXPECT_EQ(Access().anonymous(), v1::BucketAccess::READ);
  ASSERT_EQ(Access().grants_size(), 1);
  EXPECT_EQ(Access().grants(0).right(), v1::Grant::WRITE);
  v1::HeadBucketRequest head;
  head.set_bucket("bucket");
  EXPECT_EQ(rig_.Await(rig_.api.buckets->Head(rig_.context, head))->owner(), "alice");
  const auto seen_by = [&](const Caller& caller) {
    return *rig_.Await(rig_.api.buckets->HeadFor(rig_.context, head, caller));
  };
  EXPECT_EQ(seen_by({.kind = Caller::Kind::kUser, .user = "bob"}).owner(), "alice");
  const v1::Bucket by_passers = seen_by(Caller());
  EXPECT_EQ(by_passers.name(), "bucket");
  EXPECT_TRUE(by_passers.has_created());
  EXPECT_EQ(by_passers.owner(), "");
  set.mutable_grants(0)->set_user("not a name");
  EXPECT_EQ(ReasonOf(rig_.Await(rig_.api.buckets->SetAccess(rig_.context, set)).status()),
            v1::INVALID_ACCESS_KEY);
}

TEST_F(AccessOperations, AQuotaRefusesAPutAndItsBytesBecomeGarbage) {
  v1::SetBucketQuotaRequest quota;
  quota.set_bucket("bucket");
  quota.set_quota_bytes(10);
  const auto set = rig_.Await(rig_.api.buckets->SetQuota(rig_.context, quota));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->quota_bytes(), 10u);
  EXPECT_TRUE(rig_.Put("a", "1234567890").ok());
  const absl::Status refused = rig_.Put("b", "1").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), v1::QUOTA_EXCEEDED);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("'bucket' would hold 11 bytes"));
  EXPECT_FALSE(RetryAfterOf(refused).has_value());
  EXPECT_TRUE(rig_.Put("a", "123").ok());
  EXPECT_TRUE(rig_.Put("b", "1").ok());
}

TEST_F(AccessOperations, WhoCreatesABucketOwnsIt) {
  v1::CreateBucketRequest request;
  request.set_bucket("photos");
  const auto made = rig_.Await(rig_.api.buckets->Create(rig_.context, request, "alice"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->owner(), "alice");
  EXPECT_EQ(ReasonOf(rig_.Await(rig_.api.buckets->Create(rig_.context, request, "alice")).status()),
            v1::BUCKET_OWNED_BY_YOU);
  EXPECT_EQ(ReasonOf(rig_.Await(rig_.api.buckets->Create(rig_.context, request, "bob")).status()),
            v1::BUCKET_ALREADY_EXISTS);
  EXPECT_EQ(ReasonOf(rig_.Await(rig_.api.buckets->Create(rig_.context, request)).status()),
            v1::BUCKET_ALREADY_EXISTS);
}

TEST_F(AccessOperations, AUserIsShownWhatIsTheirs) {
  v1::CreateBucketRequest request;
  request.set_bucket("photos");
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->Create(rig_.context, request, "alice")).ok());
  const auto shown = [&](Caller caller) {
    std::string names;
    const auto listed = rig_.Await(rig_.api.buckets->ListFor(rig_.context, caller));
    for (const v1::Bucket& bucket : listed->buckets()) names += bucket.name() + " ";
    return names;
  };
  EXPECT_EQ(shown({.kind = Caller::Kind::kUser, .user = "alice"}), "photos ");
  EXPECT_EQ(shown({.kind = Caller::Kind::kUser, .user = "bob"}), "");
  EXPECT_EQ(shown({.kind = Caller::Kind::kRoot, .user = "root"}), "bucket photos ");
  EXPECT_EQ(shown({}), "");
}

TEST_F(AccessOperations, CorsRulesAreKept) {
  CorsRules rules;
  rules.Add()->add_allowed_origins("*");
  EXPECT_EQ(ReasonOf(rig_.Await(rig_.api.buckets->SetCors(rig_.context, "bucket", rules))),
            v1::INVALID_CORS);
  rules[0].add_allowed_methods("GET");
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->SetCors(rig_.context, "bucket", rules)).ok());
  const auto row = rig_.Await(rig_.gateway.buckets->Find(rig_.context, "bucket"));
  ASSERT_EQ(row->cors_size(), 1);
  EXPECT_EQ(row->cors(0).allowed_methods(0), "GET");
}

}  // namespace
}  // namespace trebol
