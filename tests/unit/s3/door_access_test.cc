#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/checksum/hasher.h"
#include "common/sigv4/sigv4.h"
#include "gateway/s3/door/routes.h"
#include "tests/testing/metadata_commands.h"
#include "tests/unit/s3/door_rig.h"

namespace trebol {
namespace {

using ::testing::AnyOf;
using ::testing::Ne;

/// A request that the row takes, as plain as can be.
struct PlainRequest {
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
};
PlainRequest RequestOf(const S3Route& row) {
  PlainRequest request;
  request.target = row.scope == S3Scope::kService  ? "/"
                   : row.scope == S3Scope::kBucket ? "/bucket"
                                                   : "/bucket/key";
  if (*row.query != '\0') absl::StrAppend(&request.target, "?", row.query);
  if (absl::string_view(row.query) == "list-type") absl::StrAppend(&request.target, "=2");
  if (*row.header != '\0') request.headers.emplace_back(row.header, "/bucket/key");
  return request;
}

/// The bucket as the door decides by it.
v1::BucketRow Row(DoorRig& rig) {
  return *rig.api().Await(rig.api().gateway.buckets->Find(BackgroundContext(), "bucket"));
}

Caller User(const std::string& name) {
  return {.kind = Caller::Kind::kUser, .user = name, .display_name = "", .key_id = ""};
}

std::string Md5Of(const std::string& body) {
  Hasher hasher(v1::Checksum::MD5);
  hasher.Update(Bytes(body));
  return absl::Base64Escape(hasher.Finish());
}

/// Another gateway, of which this one hears nothing.
class Elsewhere {
 public:
  explicit Elsewhere(DoorRig& rig) : catalog_(*rig.api().catalog) {
    session_ = rig.api().gateway.session->Current().value()->id.value;
  }
  void DeleteBucket(const std::string& bucket) {
    Must(testing::DeleteBucket(NextOperation(), bucket));
  }
  void CreateBucket(const std::string& bucket, const std::string& owner) {
    v1::Command command = testing::CreateBucket(NextOperation(), bucket);
    command.mutable_create_bucket()->set_owner(owner);
    Must(command);
  }
  void PutEmpty(const std::string& bucket, const std::string& key) {
    const VersionId version = testing::MemoryCatalog::Version(session_, 1'000'000 + ++counter_);
    Must(testing::PutObject(NextOperation(), bucket, key, version, /*size=*/0));
  }

 private:
  testing::Operation NextOperation() { return {session_, 1'000'000 + ++counter_}; }
  void Must(const v1::Command& command) {
    const auto outcome = catalog_.Run(command);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_FALSE(outcome->has_error()) << outcome->error().message();
  }

  CatalogStub& catalog_;
  uint64_t session_ = 0;
  uint64_t counter_ = 0;
};

// Every route with every way to prove who asks, or not to.
TEST(DoorAccess, EveryRouteIsDeniedToThoseWithoutAKeyAndWithAWrongOne) {
  DoorRig rig;
  for (const S3Route& row : S3Routes()) {
    if (row.operation == S3Operation::kPreflight || row.operation == S3Operation::kPostObject) {
      continue;  // browsers ask without a key; forms have theirs in the body
    }
    SCOPED_TRACE(row.name);
    const PlainRequest request = RequestOf(row);
    const bool head = absl::string_view(row.method) == "HEAD";
    const auto ask = [&](const DoorRig::Who& who) {
      return rig.Ask(who, row.method, request.target, "", request.headers);
    };
    const DoorAnswer anonymous = ask(std::nullopt);
    EXPECT_EQ(anonymous.status, 403);
    if (!head) EXPECT_EQ(anonymous.Code(), "AccessDenied");
    const DoorAnswer unknown = ask("mallory");
    EXPECT_EQ(unknown.status, 403);
    if (!head) EXPECT_EQ(unknown.Code(), "InvalidAccessKeyId");

    RequestHead forged{row.method, request.target, "", request.headers};
    const size_t query = forged.path.find('?');
    if (query != std::string::npos) {
      forged.query = forged.path.substr(query + 1);
      forged.path.resize(query);
    }
    forged.headers.emplace_back("host", rig.host());
    const sigv4::Signer signer({DoorRig::KeyOf("alice").access_key_id, "not-her-secret"},
                               "us-east-1");
    ASSERT_TRUE(signer.Sign(absl::Now(), sigv4::kUnsignedPayload, &forged).ok());
    const DoorAnswer wrong = rig.Send(forged, "");
    EXPECT_EQ(wrong.status, 403);
    if (!head) EXPECT_EQ(wrong.Code(), "SignatureDoesNotMatch");
  }
}

TEST(DoorAccess, EveryRouteIsAllowedToThoseWhomTheBucketLets) {
  struct Case {
    const char* name;
    DoorRig::Who who;
    v1::Grant::Right right = v1::Grant::RIGHT_UNSPECIFIED;
    v1::BucketAccess::Anonymous anonymous = v1::BucketAccess::NONE;
  };
  const Case cases[] = {
      {"owner", "alice"},
      {"root", "root"},
      {"stranger", "bob"},
      {"reader", "bob", v1::Grant::READ},
      {"writer", "bob", v1::Grant::WRITE},
      {"both", "bob", v1::Grant::READ_WRITE},
      {"granted owner", "bob", v1::Grant::OWNER},
      {"anybody reads", std::nullopt, v1::Grant::RIGHT_UNSPECIFIED, v1::BucketAccess::READ},
      {"anybody uploads", std::nullopt, v1::Grant::RIGHT_UNSPECIFIED, v1::BucketAccess::UPLOAD},
  };
  for (const Case& each : cases) {
    for (const S3Route& row : S3Routes()) {
      if (!row.action.has_value()) continue;
      SCOPED_TRACE(absl::StrCat(each.name, ": ", row.name));
      // One after the other they would take away what the next needs.
      DoorRig rig;
      if (each.right != v1::Grant::RIGHT_UNSPECIFIED) rig.Grant("bob", each.right);
      rig.LetAnybody(each.anonymous);
      const Caller caller = !each.who.has_value() ? Caller()
                            : *each.who == "root" ? Caller{.kind = Caller::Kind::kRoot,
                                                           .user = "root",
                                                           .display_name = "",
                                                           .key_id = ""}
                                                  : User(*each.who);
      const bool copies = row.operation == S3Operation::kCopyObject;  // from the same bucket
      const bool allowed = Allowed(caller, Row(rig), *row.action).ok() &&
                           (!copies || Allowed(caller, Row(rig), Action::kRead).ok());
      const PlainRequest request = RequestOf(row);
      const DoorAnswer answer = rig.Ask(each.who, row.method, request.target, "", request.headers);
      if (allowed) {
        EXPECT_THAT(answer.status, Ne(403)) << answer.body;
      } else {
        EXPECT_EQ(answer.status, 403) << answer.body;
      }
      EXPECT_THAT(answer.status, AnyOf(::testing::Lt(500), 501)) << answer.body;
    }
  }
}

TEST(DoorAccess, WhatIsNotServedIsNamedToThoseWithAKeyOnly) {
  DoorRig rig;
  EXPECT_EQ(rig.Ask(std::nullopt, "PUT", "/bucket?lifecycle").Code(), "AccessDenied");
  const DoorAnswer answer = rig.Ask("alice", "PUT", "/bucket?lifecycle");
  EXPECT_EQ(answer.status, 501);
  EXPECT_EQ(answer.Code(), "NotImplemented");
  EXPECT_THAT(answer.body, ::testing::HasSubstr("lifecycle"));
  EXPECT_EQ(rig.Ask("alice", "PATCH", "/bucket/key").Code(), "MethodNotAllowed");
}

TEST(DoorAccess, ACopyNeedsBothBuckets) {
  DoorRig rig;
  ASSERT_EQ(rig.Ask("alice", "PUT", "/bucket/key", "content").status, 200);
  ASSERT_EQ(rig.Ask("bob", "PUT", "/bobs-bucket").status, 200);
  const auto copy = [&] {
    return rig.Ask("bob", "PUT", "/bobs-bucket/copy", "", {{"x-amz-copy-source", "/bucket/key"}});
  };
  EXPECT_EQ(copy().Code(), "AccessDenied");
  rig.Grant("bob", v1::Grant::WRITE);
  EXPECT_EQ(copy().Code(), "AccessDenied");
  rig.Grant("bob", v1::Grant::READ);
  EXPECT_EQ(copy().status, 200);
  EXPECT_EQ(rig.Ask("bob", "GET", "/bobs-bucket/copy").body, "content");
}

TEST(DoorAccess, AGrantCountsAtOnceAndOneThatIsTakenAwaySoon) {
  DoorRig rig;
  EXPECT_EQ(rig.Ask("bob", "GET", "/bucket").status, 403);
  rig.Grant("bob", v1::Grant::READ);
  EXPECT_EQ(rig.Ask("bob", "GET", "/bucket").status, 200);
  v1::SetBucketAccessRequest none;
  none.set_bucket("bucket");
  none.set_only_these(true);
  ASSERT_TRUE(rig.api().Await(rig.api().api.buckets->SetAccess(BackgroundContext(), none)).ok());
  EXPECT_EQ(rig.Ask("bob", "GET", "/bucket").status, 403);
}

TEST(DoorAccess, WhoExpectsAnotherOwnerMeansAnotherBucket) {
  DoorRig rig;
  ASSERT_EQ(rig.Ask("alice", "PUT", "/bucket/key", "content").status, 200);
  const auto get = [&](const std::string& owner) {
    return rig.Ask("alice", "GET", "/bucket/key", "", {{"x-amz-expected-bucket-owner", owner}});
  };
  EXPECT_EQ(get("alice").body, "content");
  EXPECT_EQ(get("bob").Code(), "AccessDenied");
  const auto copy = [&](const std::string& owner) {
    return rig.Ask(
        "alice", "PUT", "/bucket/copy", "",
        {{"x-amz-copy-source", "/bucket/key"}, {"x-amz-source-expected-bucket-owner", owner}});
  };
  EXPECT_EQ(copy("bob").Code(), "AccessDenied");
  EXPECT_EQ(copy("alice").status, 200);
}

// A bucket that is deleted and made anew through another gateway, between the look at who may do
// what and the command.
TEST(DoorAccess, WhatWasAllowedInABucketIsNotInTheNextOfItsName) {
  const std::string many = "<Delete><Object><Key>key</Key></Object></Delete>";
  struct Case {
    const char* method;
    const char* target;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  const Case cases[] = {
      {"PUT", "/bucket/key", "alice's", {}},
      {"DELETE", "/bucket/key", "", {}},
      {"POST", "/bucket?delete", many, {{"content-md5", Md5Of(many)}}},
      {"POST", "/bucket/key?uploads", "", {}},
      {"PUT", "/bucket/copy", "", {{"x-amz-copy-source", "/bucket/key"}}},
      {"DELETE", "/bucket/key?tagging", "", {}},
  };
  for (const Case& each : cases) {
    for (const std::string owner : {"bob", "alice"}) {
      SCOPED_TRACE(absl::StrCat(each.method, " ", each.target, " of ", owner, "'s"));
      DoorRig rig;
      ASSERT_EQ(rig.Ask("alice", "GET", "/bucket").status, 200);  // the gateway knows whose it is
      Elsewhere elsewhere(rig);
      elsewhere.DeleteBucket("bucket");
      elsewhere.CreateBucket("bucket", owner);
      elsewhere.PutEmpty("bucket", "key");
      const DoorAnswer answer = rig.Ask("alice", each.method, each.target, each.body, each.headers);
      if (owner == "alice") {
        EXPECT_EQ(answer.status / 100, 2) << answer.body;
        EXPECT_THAT(answer.body, ::testing::Not(::testing::HasSubstr("<Error>")));
      } else {
        EXPECT_EQ(answer.Code(), "AccessDenied");
        const DoorAnswer left = rig.Ask("bob", "GET", "/bucket?list-type=2");
        EXPECT_THAT(left.body, ::testing::HasSubstr("<KeyCount>1</KeyCount>")) << left.body;
        EXPECT_THAT(left.body, ::testing::HasSubstr("<Size>0</Size>")) << left.body;
        EXPECT_THAT(rig.Ask("bob", "GET", "/bucket?uploads").body,
                    ::testing::Not(::testing::HasSubstr("<Upload>")));
      }
    }
  }
}

// As an upload finds it whose bucket goes while it runs: what was said of the owner still counts.
TEST(DoorAccess, WhoExpectsAnOwnerMeansNoBucketThatReplacesIt) {
  DoorRig rig;
  const auto put = [&](const std::vector<std::pair<std::string, std::string>>& headers) {
    EXPECT_EQ(rig.Ask("root", "GET", "/bucket").status, 200);  // the gateway knows whose it is
    Elsewhere elsewhere(rig);
    elsewhere.DeleteBucket("bucket");
    elsewhere.CreateBucket("bucket", "bob");
    return rig.Ask("root", "PUT", "/bucket/key", "content", headers);
  };
  EXPECT_EQ(put({{"x-amz-expected-bucket-owner", "alice"}}).Code(), "AccessDenied");
  EXPECT_EQ(rig.Ask("bob", "GET", "/bucket/key").Code(), "NoSuchKey");
  EXPECT_EQ(put({}).status, 200) << "root may write into every bucket";
}

TEST(DoorAccess, HealthNeedsNoKey) {
  DoorRig rig;
  EXPECT_EQ(rig.Ask(std::nullopt, "GET", "/minio/health/live").status, 200);
  EXPECT_EQ(rig.Ask(std::nullopt, "HEAD", "/minio/health/ready").status, 200);
  const DoorAnswer cluster = rig.Ask(std::nullopt, "GET", "/minio/health/cluster");
  EXPECT_EQ(cluster.status, 503);
  EXPECT_EQ(cluster.body, "too few nodes\n");
  EXPECT_EQ(rig.Ask(std::nullopt, "GET", "/minio/health/other").status, 404);
}

}  // namespace
}  // namespace trebol
