#include "gateway/s3/door/acl_handlers.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "gateway/s3/access/bucket_policy.h"
#include "gateway/s3/access/canned_acl.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/xml_writer.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Anonymous = v1::BucketAccess::Anonymous;
using Grants = std::vector<AclGrant>;

constexpr size_t kMaxAclDocument = 64 * kKiB;

bool Readable(Anonymous anonymous) {
  return anonymous == v1::BucketAccess::READ || anonymous == v1::BucketAccess::READ_WRITE;
}

void GiveUser(std::string user, const char* permission, Grants* grants) {
  grants->push_back({AclGrant::Grantee::kUser, user, user, permission});
}

void GiveEverybody(const char* permission, Grants* grants) {
  grants->push_back({AclGrant::Grantee::kGroup, std::string(kAllUsers), "", permission});
}

AccessControlList OwnersAcl(const S3Request& request) {
  XmlOwner owner = BucketOwner(request);
  AccessControlList acl{owner.id, owner.display_name, {}};
  acl.grants.push_back({AclGrant::Grantee::kUser, owner.id, owner.display_name, "FULL_CONTROL"});
  return acl;
}

/// What users were granted, as an ACL says it.
Grants GrantsOfUsers(const v1::BucketRow& bucket) {
  Grants grants;
  for (const v1::Grant& grant : bucket.grants()) {
    const auto right = grant.right();
    if (right == v1::Grant::OWNER) GiveUser(grant.user(), "FULL_CONTROL", &grants);
    const bool both = right == v1::Grant::READ_WRITE;
    if (both || right == v1::Grant::READ) GiveUser(grant.user(), "READ", &grants);
    if (both || right == v1::Grant::WRITE) GiveUser(grant.user(), "WRITE", &grants);
  }
  return grants;
}

/// What a list that a client sent lets everybody do. Of users it says nothing, or what they have: a
/// client that changes a list sends all of it back.
absl::StatusOr<Anonymous> AnonymousOf(const AccessControlList& acl, const S3Request& request) {
  const std::string owner = BucketOwner(request).id;
  if (acl.owner_id != owner) {
    return S3Only(403, "AccessDenied",
                  absl::StrCat("the owner is '", owner, "'; an ACL does not give a bucket away"));
  }
  const Grants granted = GrantsOfUsers(request.bucket);
  bool read = false;
  bool write = false;
  for (const AclGrant& grant : acl.grants) {
    if (grant.grantee == AclGrant::Grantee::kUser) {
      if (grant.id == owner && grant.permission == "FULL_CONTROL") continue;
      const auto same = [&grant](const AclGrant& has) {
        return has.id == grant.id && has.permission == grant.permission;
      };
      if (absl::c_any_of(granted, same)) continue;
      return S3Only(501, "NotImplemented",
                    absl::StrCat("the grant of ", grant.permission, " to '", grant.id,
                                 "' is not supported in an ACL; use trebol bucket grant"));
    }
    if (grant.id != kAllUsers || (grant.permission != "READ" && grant.permission != "WRITE")) {
      return S3Only(501, "NotImplemented",
                    absl::StrCat("the grant of ", grant.permission, " to the group ", grant.id,
                                 " is not supported; READ and WRITE for AllUsers are"));
    }
    (grant.permission == "READ" ? read : write) = true;
  }
  if (read) return write ? v1::BucketAccess::READ_WRITE : v1::BucketAccess::READ;
  return write ? v1::BucketAccess::UPLOAD : v1::BucketAccess::NONE;
}

/// By header or by body: MissingSecurityHeader for neither, UnexpectedContent for both.
Task<Anonymous> ReadAcl(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(RefuseUnsupportedHeaders(request->head()));
  const absl::string_view canned = request->head().Header("x-amz-acl");
  CO_ASSIGN_OR_RETURN(const std::string document, co_await ReadDocument(request, kMaxAclDocument));
  if (!canned.empty() && !document.empty()) {
    co_return S3Only(400, "UnexpectedContent",
                     "this request does not support content: x-amz-acl says it all");
  }
  if (!canned.empty()) co_return BucketAccessOfCannedAcl(canned);
  if (document.empty()) {
    co_return S3Only(400, "MissingSecurityHeader",
                     "your request needs an ACL: x-amz-acl, or a body with an AccessControlPolicy");
  }
  const auto acl = ReadAccessControlPolicy(document);
  if (!acl.ok() && ToS3Error(acl.status()).code == "MalformedXML") {
    co_return S3Only(400, "MalformedACLError", std::string(acl.status().message()));
  }
  CO_RETURN_IF_ERROR(acl.status());
  co_return AnonymousOf(*acl, *request);
}

}  // namespace

AccessControlList ObjectAclOf(const S3Request& request) {
  AccessControlList acl = OwnersAcl(request);
  if (Readable(request.bucket.anonymous())) GiveEverybody("READ", &acl.grants);
  return acl;
}

Task<void> SetAnonymous(S3RequestPtr request, Anonymous anonymous) {
  v1::SetBucketAccessRequest set;
  set.set_bucket(request->target.bucket);
  set.set_anonymous(anonymous);
  auto changed = co_await request->operations().buckets->SetAccess(request->context, set);
  co_return changed.status();
}

Task<void> ServeGetBucketAcl(S3RequestPtr request) {
  AccessControlList acl = OwnersAcl(*request);
  const Anonymous anonymous = request->bucket.anonymous();
  if (Readable(anonymous)) GiveEverybody("READ", &acl.grants);
  if (anonymous == v1::BucketAccess::UPLOAD || anonymous == v1::BucketAccess::READ_WRITE) {
    GiveEverybody("WRITE", &acl.grants);
  }
  for (AclGrant& grant : GrantsOfUsers(request->bucket)) acl.grants.push_back(std::move(grant));
  co_return co_await request->Send(XmlAnswer(AccessControlPolicyXml(acl)));
}

Task<void> ServePutBucketAcl(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const Anonymous anonymous, co_await ReadAcl(request));
  CO_RETURN_IF_ERROR(co_await SetAnonymous(request, anonymous));
  co_return co_await request->Send(EmptyAnswer(200));
}

Task<void> ServePutObjectAcl(S3RequestPtr request) {
  v1::HeadObjectRequest head;
  head.set_bucket(request->target.bucket);
  head.set_key(request->target.key);
  head.set_version(request->version());
  CO_RETURN_IF_ERROR((co_await request->operations().get->Head(request->context, head)).status());
  CO_ASSIGN_OR_RETURN(const Anonymous wanted, co_await ReadAcl(request));
  const char* const canned = wanted == v1::BucketAccess::NONE   ? "private"
                             : wanted == v1::BucketAccess::READ ? "public-read"
                                                                : "public-read-write";
  CO_RETURN_IF_ERROR(CheckObjectCannedAcl(canned, request->bucket.anonymous()));
  co_return co_await request->Send(EmptyAnswer(200));
}

Task<void> ServeGetBucketPolicy(S3RequestPtr request) {
  if (request->bucket.anonymous() == v1::BucketAccess::NONE) {
    co_return S3Only(404, "NoSuchBucketPolicy", "the bucket policy does not exist");
  }
  HttpAnswer answer{.status = 200,
                    .headers = {{"Content-Type", "application/json"}},
                    .body = BucketPolicyOf(request->target.bucket, request->bucket.anonymous())};
  co_return co_await request->Send(std::move(answer));
}

Task<void> ServePutBucketPolicy(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const std::string policy, co_await ReadDocument(request, kMaxPolicySize));
  CO_ASSIGN_OR_RETURN(const Anonymous anonymous, ParseBucketPolicy(request->target.bucket, policy));
  CO_RETURN_IF_ERROR(co_await SetAnonymous(request, anonymous));
  co_return co_await request->Send(EmptyAnswer(204));
}

Task<void> ServeDeleteBucketPolicy(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(co_await SetAnonymous(request, v1::BucketAccess::NONE));
  co_return co_await request->Send(EmptyAnswer(204));
}

Task<void> ServeGetBucketPolicyStatus(S3RequestPtr request) {
  XmlWriter xml("PolicyStatus");
  xml.Flag("IsPublic", request->bucket.anonymous() != v1::BucketAccess::NONE);
  co_return co_await request->Send(XmlAnswer(std::move(xml).Finish()));
}

}  // namespace trebol
