#include "gateway/grpc/call_gate.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/error.h"
#include "common/sigv4/call_signature.h"
#include "common/sigv4/signer.h"
#include "common/sigv4/sigv4.h"
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
}

TEST_F(CallGateTest, TellsWhoHasNoKeyWhatToDo) {
  const absl::Status status = Enter({.method = kHead, .authorization = "", .date = ""}).status();
  EXPECT_EQ(ReasonOf(status), v1::ACCESS_DENIED);
  EXPECT_THAT(std::string(status.message()), HasSubstr("AWS_ACCESS_KEY_ID"));
}

TEST_F(CallGateTest, EveryMethodIsForThoseWhomItsRowLets) {
  v1::SetBucketAccessRequest grant;
  grant.set_bucket("bucket");
  grant.add_grants()->set_user("bob");
  grant.mutable_grants(0)->set_right(v1::Grant::READ);
  Set(grant);
  const v1::BucketRow bucket = *rig_.Await(rig_.gateway.buckets->Find(rig_.context, "bucket"));
  for (const MethodAccess& row : AllMethodAccess()) {
    SCOPED_TRACE(row.method);
    EXPECT_TRUE(Enter(Sign("root", row.method)).ok());
    for (const std::string user : {"alice", "bob"}) {
      const Caller caller{
          .kind = Caller::Kind::kUser, .user = user, .display_name = "", .key_id = ""};
      bool may = true;
      if (row.cluster.has_value()) may = Allowed(caller, *row.cluster).ok();
      if (row.bucket.has_value()) may = may && Allowed(caller, bucket, *row.bucket).ok();
      if (row.source.has_value()) may = may && Allowed(caller, bucket, *row.source).ok();
      EXPECT_EQ(Enter(Sign(user, row.method)).ok(), may) << user;
    }
    EXPECT_EQ(ReasonOf(Enter({.method = row.method, .authorization = "", .date = ""}).status()),
              v1::ACCESS_DENIED);
  }
  EXPECT_FALSE(Enter(Sign("root", "/trebol.v1.ObjectService/NoSuchMethod")).ok());
}

}  // namespace
}  // namespace trebol
