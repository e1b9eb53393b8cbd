#include "gateway/grpc/call_gate.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/base/error.h"
#include "common/sigv4/call_signature.h"
#include "common/sigv4/signer.h"
#include "common/sigv4/sigv4.h"
#include "gateway/object/bucket_claims.h"
#include "tests/testing/api_rig.h"
#include "trebol/v1/access.pb.h"
#include "trebol/v1/admin.pb.h"
#include "trebol/v1/object.pb.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

constexpr char kHead[] = "/trebol.v1.ObjectService/HeadObject";

/// The bucket "bucket" is alice's; alice, bob and root have keys of their names.
class CallGateTest : public ::testing::Test {
 protected:
  CallGateTest() : gate_(MakeCallGate(rig_.key_cache, rig_.gateway.buckets)) {
    for (const std::string user : {"alice", "bob"}) {
      v1::ImportAccessKeyRequest import;
      import.set_id("key-of-" + user);
      import.set_secret("secret-of-" + user);
      import.set_user(user);
      EXPECT_TRUE(rig_.Await(rig_.keys->Import(rig_.context, import)).ok());
    }
    v1::Command root;
    root.mutable_set_root_key()->set_id("key-of-root");
    root.mutable_set_root_key()->set_secret("secret-of-root");
    EXPECT_TRUE(rig_.catalog->Run(root).ok());
    v1::SetBucketAccessRequest owner;
    owner.set_bucket("bucket");
    owner.set_owner("alice");
    Set(owner);
  }

  void Set(const v1::SetBucketAccessRequest& request) {
    EXPECT_TRUE(rig_.Await(rig_.api.buckets->SetAccess(rig_.context, request)).ok());
  }
  static CallClaim Sign(const std::string& user, const std::string& method,
                        const std::string& secret = "", absl::Time now = absl::Now()) {
    RequestHead head = sigv4::HeadOfCall(method);
    const sigv4::Signer signer({"key-of-" + user, secret.empty() ? "secret-of-" + user : secret},
                               std::string(sigv4::kCallRegion), std::string(sigv4::kCallService));
    EXPECT_TRUE(signer.Sign(now, sigv4::kUnsignedPayload, &head).ok());
    return {method, std::string(head.Header("authorization")),
            std::string(head.Header("x-amz-date"))};
  }
  /// As any library of Signature Version 4 does it, which knows nothing of S3.
  static CallClaim SignPlainly(const std::string& method, std::vector<std::string> names) {
    const std::string date = sigv4::FormatTimestamp(absl::Now());
    const std::map<std::string, std::string> values = {{"host", "trebol"}, {"x-amz-date", date}};
    sigv4::CanonicalRequest request{"POST", method, "", {}, "UNSIGNED-PAYLOAD"};
    for (const std::string& name : names) request.headers.emplace_back(name, values.at(name));
    const sigv4::Scope scope{date.substr(0, 8), "us-east-1", "trebol"};
    const std::string signature =
        sigv4::Signature(sigv4::SigningKey("secret-of-alice", scope),
                         sigv4::StringToSign(date, scope, request.ToString()));
    return {method,
            absl::StrCat("AWS4-HMAC-SHA256 Credential=key-of-alice/", scope.ToString(),
                         ", SignedHeaders=", request.SignedHeaders(), ", Signature=", signature),
            date};
  }
  static CallClaim Unsigned(const std::string& method) {
    return {.method = method, .authorization = "", .date = ""};
  }
  absl::StatusOr<Caller> Enter(CallClaim claim, const std::string& source = "bucket") {
    return rig_.Await(gate_->Enter(rig_.context, std::move(claim), "bucket", source));
  }

  ApiRig rig_;
  std::shared_ptr<CallGate> gate_;
};

TEST(MethodAccess, EveryMethodOfThePublicServicesHasARow) {
  std::set<std::string> rows;
  for (const MethodAccess& row : AllMethodAccess()) EXPECT_TRUE(rows.insert(row.method).second);
  size_t methods = 0;
  for (const auto* file :
       {v1::ObjectInfo::descriptor()->file(), v1::BucketAccess::descriptor()->file(),
        v1::ClusterStatus::descriptor()->file(), v1::ExplainObjectRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      const auto* service = file->service(i);
      if (service->name() == "ClusterService") continue;  // among servers, by their secret
      for (int j = 0; j < service->method_count(); ++j) {
        const std::string name =
            absl::StrCat("/", service->full_name(), "/", service->method(j)->name());
        EXPECT_TRUE(rows.contains(name)) << name;
        ++methods;
      }
    }
  }
  EXPECT_EQ(methods, rows.size());
}

TEST_F(CallGateTest, KnowsWhoCalls) {
  const auto caller = Enter(Sign("alice", kHead));
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->user, "alice");
  EXPECT_EQ(caller->kind, Caller::Kind::kUser);
  EXPECT_EQ(Enter(Sign("root", kHead))->kind, Caller::Kind::kRoot);
}

// A call that may be a repeat of the one that took the bucket away is let in when it is gone.
TEST_F(CallGateTest, WhoIsLetInForABucketThatIsGoneDoesNotDeleteTheNextOne) {
  const RequestContextPtr context = WithClaims(rig_.context);
  v1::DeleteBucketRequest remove;
  remove.set_bucket("bucket");
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->Delete(rig_.context, remove)).ok());
  ASSERT_TRUE(rig_.Await(gate_->Enter(context, Sign("bob", "/trebol.v1.ObjectService/DeleteBucket"),
                                      "bucket", ""))
                  .ok());
  v1::CreateBucketRequest create;
  create.set_bucket("bucket");
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->Create(rig_.context, create, "alice")).ok());
  EXPECT_EQ(ReasonOf(rig_.Await(rig_.api.buckets->Delete(context, remove)).status()),
            v1::ACCESS_DENIED);
  v1::HeadBucketRequest head;
  head.set_bucket("bucket");
  EXPECT_TRUE(rig_.Await(rig_.api.buckets->Head(rig_.context, head)).ok());
}

TEST_F(CallGateTest, RefusesWhatIsNoProof) {
  const auto refused = [&](const CallClaim& claim) {
    const absl::Status status = Enter(claim).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    return ReasonOf(status);
  };
  EXPECT_EQ(refused(Sign("alice", kHead, "not-her-secret")), v1::SIGNATURE_MISMATCH);
  EXPECT_EQ(refused(Sign("mallory", kHead)), v1::ACCESS_KEY_UNKNOWN);
  EXPECT_EQ(refused(Sign("alice", kHead, "", absl::Now() - absl::Minutes(16))),
            v1::REQUEST_TIME_SKEWED);
  CallClaim other = Sign("alice", "/trebol.v1.ObjectService/GetObject");
  other.method = kHead;  // a signature is good for one method
  EXPECT_EQ(refused(other), v1::SIGNATURE_MISMATCH);
  CallClaim garbage = Sign("alice", kHead);
  garbage.authorization = "Bearer x";
  EXPECT_EQ(refused(garbage), v1::AUTHORIZATION_MALFORMED);
  CallClaim of_s3 = Sign("alice", kHead);
  const sigv4::Signer signer({"key-of-alice", "secret-of-alice"}, "us-east-1");
  RequestHead head = sigv4::HeadOfCall(kHead);
  ASSERT_TRUE(signer.Sign(absl::Now(), sigv4::kUnsignedPayload, &head).ok());
  of_s3.authorization = std::string(head.Header("authorization"));
  EXPECT_EQ(refused(of_s3), v1::AUTHORIZATION_MALFORMED);
  CallClaim undated = Sign("alice", kHead);
  undated.date = "";
  EXPECT_EQ(refused(undated), v1::AUTHORIZATION_MALFORMED);
  EXPECT_EQ(refused(SignPlainly(kHead, {"host"})), v1::AUTHORIZATION_MALFORMED)
      << "the date must be signed";
  EXPECT_EQ(refused(SignPlainly(kHead, {"x-amz-date"})), v1::AUTHORIZATION_MALFORMED);
}

TEST_F(CallGateTest, TakesTheSignatureOfALibraryThatKnowsNothingOfS3) {
  const auto caller = Enter(SignPlainly(kHead, {"host", "x-amz-date"}));
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->user, "alice");
}

TEST_F(CallGateTest, RefusesAKeyAfterItsTimeAndOneThatIsGone) {
  v1::ImportAccessKeyRequest import;
  import.set_id("key-of-carol");
  import.set_secret("secret-of-carol");
  import.set_user("carol");
  import.mutable_expires()->set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Hours(1)));
  ASSERT_TRUE(rig_.Await(rig_.keys->Import(rig_.context, import)).ok());
  EXPECT_EQ(ReasonOf(Enter(Sign("carol", kHead)).status()), v1::ACCESS_KEY_EXPIRED);

  ASSERT_TRUE(Enter(Sign("alice", kHead)).ok());
  v1::DeleteAccessKeyRequest remove;
  remove.set_id("key-of-alice");
  ASSERT_TRUE(rig_.Await(rig_.keys->Delete(rig_.context, remove)).ok());
  EXPECT_EQ(ReasonOf(Enter(Sign("alice", kHead)).status()), v1::ACCESS_KEY_UNKNOWN);
}

TEST_F(CallGateTest, TellsWhoHasAWrongKeyWhereItIsSet) {
  for (const CallClaim& claim : {Sign("alice", kHead, "not-her-secret"), Sign("mallory", kHead)}) {
    const std::string message(Enter(claim).status().message());
    EXPECT_THAT(message, HasSubstr("AWS_SECRET_ACCESS_KEY"));
    EXPECT_THAT(message, HasSubstr("TREBOL_CREDENTIALS_FILE"));
    EXPECT_FALSE(absl::StrContains(message, "secret-of-alice"));
  }
}

TEST_F(CallGateTest, TellsWhoHasNoKeyWhatToDo) {
  const absl::Status status = Enter({.method = kHead, .authorization = "", .date = ""}).status();
  EXPECT_EQ(ReasonOf(status), v1::ACCESS_DENIED);
  EXPECT_THAT(std::string(status.message()), HasSubstr("AWS_ACCESS_KEY_ID"));
}

/// Who may call what, in words of its own: s a stranger with a key, r who may read the bucket, w
/// who may write it, o its owner; p a passer-by without a key where anybody may read and write.
/// Root may do everything, and a passer-by nothing else.
const std::map<std::string, std::string> kWho = {
    {"ObjectService/CreateBucket", "srwo"},
    {"ObjectService/DeleteBucket", "o"},
    {"ObjectService/HeadBucket", "rwop"},
    {"ObjectService/ListBuckets", "srwo"},
    {"ObjectService/SetBucketVersioning", "o"},
    {"ObjectService/SetBucketTags", "o"},
    {"ObjectService/PutObject", "wop"},
    {"ObjectService/GetObject", "rop"},
    {"ObjectService/HeadObject", "rop"},
    {"ObjectService/SetObjectTags", "wop"},
    {"ObjectService/DeleteObject", "wop"},
    {"ObjectService/DeleteObjects", "wop"},
    {"ObjectService/CopyObject", "op"},
    {"ObjectService/ListObjects", "rop"},
    {"ObjectService/ListObjectVersions", "rop"},
    {"ObjectService/CreateMultipartUpload", "wop"},
    {"ObjectService/UploadPart", "wop"},
    {"ObjectService/ListParts", "wop"},
    {"ObjectService/ListMultipartUploads", "wop"},
    {"ObjectService/CompleteMultipartUpload", "wop"},
    {"ObjectService/AbortMultipartUpload", "wop"},
    {"SessionService/OpenSession", "srwo"},
    {"SessionService/RenewSession", "srwo"},
    {"SessionService/CloseSession", "srwo"},
    {"AccessService/CreateAccessKey", ""},
    {"AccessService/ImportAccessKey", ""},
    {"AccessService/ListAccessKeys", ""},
    {"AccessService/DeleteAccessKey", ""},
    {"AccessService/GetBucketAccess", "o"},
    {"AccessService/SetBucketAccess", "o"},
    {"AccessService/SetBucketQuota", ""},
    {"AdminService/GetClusterStatus", "srwo"},
    {"AdminService/PlanNodeChange", ""},
    {"AdminService/ApplyNodeChange", ""},
    {"AdminService/ListJobs", ""},
    {"AdminService/ChangeJob", ""},
    {"AdminService/ExplainObject", "ro"},
};

class WhoMayCall : public CallGateTest {
 protected:
  WhoMayCall() {
    for (const std::string user : {"stranger", "reader", "writer"}) {
      v1::ImportAccessKeyRequest import;
      import.set_id("key-of-" + user);
      import.set_secret("secret-of-" + user);
      import.set_user(user);
      EXPECT_TRUE(rig_.Await(rig_.keys->Import(rig_.context, import)).ok());
    }
    Grant("reader", v1::Grant::READ);
    Grant("writer", v1::Grant::WRITE);
    Set(access_);
  }
  void Grant(const std::string& user, v1::Grant::Right right) {
    access_.set_bucket("bucket");
    v1::Grant& grant = *access_.add_grants();
    grant.set_user(user);
    grant.set_right(right);
  }

  v1::SetBucketAccessRequest access_;
};

TEST_F(WhoMayCall, IsAsTheTableOfThisTestSaysOfEveryMethod) {
  const std::map<char, std::string> users = {
      {'s', "stranger"}, {'r', "reader"}, {'w', "writer"}, {'o', "alice"}};
  EXPECT_EQ(kWho.size(), AllMethodAccess().size());
  for (const MethodAccess& row : AllMethodAccess()) {
    SCOPED_TRACE(row.method);
    const std::string name(absl::StripPrefix(row.method, "/trebol.v1."));
    ASSERT_TRUE(kWho.contains(name));
    EXPECT_TRUE(Enter(Sign("root", row.method)).ok());
    for (const auto& [letter, user] : users) {
      const absl::Status status = Enter(Sign(user, row.method)).status();
      EXPECT_EQ(status.ok(), absl::StrContains(kWho.at(name), letter)) << user << ": " << status;
      if (!status.ok()) EXPECT_EQ(ReasonOf(status), v1::ACCESS_DENIED);
    }
    EXPECT_EQ(ReasonOf(Enter(Unsigned(row.method)).status()), v1::ACCESS_DENIED);
  }
  access_.set_anonymous(v1::BucketAccess::READ_WRITE);
  Set(access_);
  for (const auto& [name, who] : kWho) {
    const absl::Status status = Enter(Unsigned("/trebol.v1." + name)).status();
    EXPECT_EQ(status.ok(), absl::StrContains(who, 'p')) << name << ": " << status;
  }
  EXPECT_FALSE(Enter(Sign("root", "/trebol.v1.ObjectService/NoSuchMethod")).ok());
}

TEST_F(WhoMayCall, ACopyTakesARightInBothBuckets) {
  constexpr char kCopy[] = "/trebol.v1.ObjectService/CopyObject";
  v1::CreateBucketRequest create;
  create.set_bucket("of-another");
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->Create(rig_.context, create, "bob")).ok());
  EXPECT_EQ(ReasonOf(Enter(Sign("writer", kCopy), "of-another").status()), v1::ACCESS_DENIED);
  v1::SetBucketAccessRequest share;
  share.set_bucket("of-another");
  for (const std::string user : {"writer", "reader"}) {
    v1::Grant& grant = *share.add_grants();
    grant.set_user(user);
    grant.set_right(v1::Grant::READ);
  }
  Set(share);
  EXPECT_TRUE(Enter(Sign("writer", kCopy), "of-another").ok());
  EXPECT_EQ(ReasonOf(Enter(Sign("reader", kCopy), "of-another").status()), v1::ACCESS_DENIED)
      << "it may not write the target";
}

TEST_F(WhoMayCall, ARepeatOfADeletionIsForWhoHasAKey) {
  constexpr char kDelete[] = "/trebol.v1.ObjectService/DeleteBucket";
  const auto enter = [&](CallClaim claim) {
    return rig_.Await(gate_->Enter(rig_.context, std::move(claim), "no-such-bucket", "")).status();
  };
  EXPECT_TRUE(enter(Sign("stranger", kDelete)).ok());
  EXPECT_EQ(ReasonOf(enter(Unsigned(kDelete))), v1::ACCESS_DENIED);
  EXPECT_EQ(ReasonOf(enter(Sign("stranger", kHead))), v1::BUCKET_NOT_FOUND);
}

}  // namespace
}  // namespace trebol
