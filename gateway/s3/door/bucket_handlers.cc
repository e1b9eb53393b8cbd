#include "gateway/s3/door/bucket_handlers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "gateway/s3/access/canned_acl.h"
#include "gateway/s3/codec/bucket_xml.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/object_xml.h"
#include "gateway/s3/codec/xml_writer.h"
#include "gateway/s3/door/acl_handlers.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Anonymous = v1::BucketAccess::Anonymous;

constexpr size_t kMaxDocument = 256 * kKiB;  // 100 CORS rules of 64 KiB, escaped
constexpr uint32_t kMostBuckets = 10'000;

/// What CreateBucket asks for. A value.
struct NewBucket {
  Anonymous anonymous = v1::BucketAccess::NONE;
  Tags tags;
};

absl::Status CheckOwnership(const RequestHead& head) {
  const absl::string_view ownership = head.Header("x-amz-object-ownership");
  if (ownership.empty() || ownership == "BucketOwnerPreferred") return absl::OkStatus();
  if (ownership == "BucketOwnerEnforced") {
    const absl::string_view acl = head.Header("x-amz-acl");
    if (acl.empty() || acl == "private") return absl::OkStatus();
    return S3Only(400, "InvalidBucketAclWithObjectOwnership",
                  "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
  }
  if (ownership != "ObjectWriter") {
    return S3Only(400, "InvalidArgument", "Invalid x-amz-object-ownership header");
  }
  return S3Only(501, "NotImplemented",
                "x-amz-object-ownership: objects belong to the owner of their bucket here; "
                "BucketOwnerEnforced and BucketOwnerPreferred are taken");
}

Task<NewBucket> ReadNewBucket(S3RequestPtr request) {
  const RequestHead& head = request->head();
  NewBucket wanted;
  if (absl::EqualsIgnoreCase(head.Header("x-amz-bucket-object-lock-enabled"), "true")) {
    co_return S3Only(501, "NotImplemented", "x-amz-bucket-object-lock-enabled is not supported");
  }
  CO_RETURN_IF_ERROR(RefuseUnsupportedHeaders(head));
  CO_RETURN_IF_ERROR(CheckOwnership(head));
  if (head.Count("x-amz-acl") > 0) {
    CO_ASSIGN_OR_RETURN(wanted.anonymous, BucketAccessOfCannedAcl(head.Header("x-amz-acl")));
  }
  CO_ASSIGN_OR_RETURN(const std::string document, co_await ReadDocument(request, kMaxDocument));
  if (document.empty()) co_return wanted;
  CO_ASSIGN_OR_RETURN(CreateBucketBody body, ReadCreateBucket(document));
  if (!body.location.empty() && body.location != request->services->auth.region &&
      body.location != "us-east-1") {
    co_return S3Only(400, "InvalidLocationConstraint",
                     absl::StrCat("the specified location-constraint is not valid; this door is "
                                  "in the region ",
                                  request->services->auth.region));
  }
  wanted.tags = std::move(body.tags);
  co_return wanted;
}

/// As S3 has it in us-east-1: who owns a bucket already may create it again, which changes nothing,
/// and so must ask for nothing else.
Task<void> CreateAgain(S3RequestPtr request, NewBucket wanted) {
  CO_ASSIGN_OR_RETURN(const v1::BucketRow bucket, co_await request->services->buckets->Find(
                                                      request->context, request->target.bucket));
  if (bucket.anonymous() == wanted.anonymous) co_return absl::OkStatus();
  co_return S3Only(409, "BucketAlreadyExists",
                   "the bucket is yours already, with another ACL; change that by PutBucketAcl");
}

Task<void> Create(S3RequestPtr request, NewBucket wanted) {
  v1::CreateBucketRequest create;
  create.set_bucket(request->target.bucket);
  const auto created = co_await request->operations().buckets->Create(request->context, create,
                                                                      request->caller.user);
  if (ReasonOf(created.status()) == v1::BUCKET_OWNED_BY_YOU) {
    co_return co_await CreateAgain(request, std::move(wanted));
  }
  CO_RETURN_IF_ERROR(created.status());
  if (wanted.anonymous != v1::BucketAccess::NONE) {
    CO_RETURN_IF_ERROR(co_await SetAnonymous(request, wanted.anonymous));
  }
  if (wanted.tags.empty()) co_return absl::OkStatus();
  v1::SetBucketTagsRequest set;
  set.set_bucket(request->target.bucket);
  *set.mutable_tags() = std::move(wanted.tags);
  auto tagged = co_await request->operations().buckets->SetTags(request->context, set);
  co_return tagged.status();
}

Task<void> SetTagsOf(S3RequestPtr request, Tags tags) {
  v1::SetBucketTagsRequest set;
  set.set_bucket(request->target.bucket);
  *set.mutable_tags() = std::move(tags);
  auto tagged = co_await request->operations().buckets->SetTags(request->context, set);
  CO_RETURN_IF_ERROR(tagged.status());
  co_return co_await request->Send(EmptyAnswer(204));
}

struct EmptyConfiguration {
  absl::string_view query;
  const char* root;
};
constexpr EmptyConfiguration kEmpty[] = {{"accelerate", "AccelerateConfiguration"},
                                         {"logging", "BucketLoggingStatus"},
                                         {"notification", "NotificationConfiguration"},
                                         {"requestPayment", "RequestPaymentConfiguration"}};

}  // namespace

Task<void> ServeListBuckets(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(Allowed(request->caller, ClusterAction::kListBuckets));
  CO_ASSIGN_OR_RETURN(const uint32_t most,
                      NumberOf(*request, "max-buckets", kMostBuckets, kMostBuckets + 1));
  if (most == 0 || most > kMostBuckets) {
    co_return S3Only(400, "InvalidArgument", "max-buckets is 1 to 10000");
  }
  const std::string prefix(request->target.query.Get("prefix"));
  // The token is the name of the last bucket that was told.
  const std::string after(request->target.query.Get("continuation-token"));
  CO_ASSIGN_OR_RETURN(v1::ListBucketsResponse all, co_await request->operations().buckets->ListFor(
                                                       request->context, request->caller));
  v1::ListBucketsResponse page;
  std::string token;
  for (v1::Bucket& bucket : *all.mutable_buckets()) {
    if (!absl::StartsWith(bucket.name(), prefix) || (!after.empty() && bucket.name() <= after)) {
      continue;
    }
    if (static_cast<uint32_t>(page.buckets_size()) == most) {
      token = page.buckets().rbegin()->name();
      break;
    }
    *page.add_buckets() = std::move(bucket);
  }
  co_return co_await request->Send(
      XmlAnswer(ListBucketsXml(page, CallerAsOwner(*request), prefix, token)));
}

Task<void> ServeCreateBucket(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(Allowed(request->caller, ClusterAction::kCreateBucket));
  CO_ASSIGN_OR_RETURN(NewBucket wanted, co_await ReadNewBucket(request));
  CO_RETURN_IF_ERROR(co_await Create(request, std::move(wanted)));
  co_return co_await request->Send(
      EmptyAnswer(200, {{"Location", absl::StrCat("/", request->target.bucket)}}));
}

Task<void> ServeDeleteBucket(S3RequestPtr request) {
  v1::DeleteBucketRequest remove;
  remove.set_bucket(request->target.bucket);
  auto removed = co_await request->operations().buckets->Delete(request->context, remove,
                                                                /*with_uploads=*/true);
  CO_RETURN_IF_ERROR(removed.status());
  co_return co_await request->Send(EmptyAnswer(204));
}

Task<void> ServeHeadBucket(S3RequestPtr request) {
  return request->Send(EmptyAnswer(200, {{"x-amz-bucket-region", request->services->auth.region},
                                         {"x-amz-access-point-alias", "false"}}));
}

Task<void> ServeGetBucketLocation(S3RequestPtr request) {
  return request->Send(XmlAnswer(LocationXml(request->services->auth.region)));
}

Task<void> ServeGetBucketVersioning(S3RequestPtr request) {
  return request->Send(XmlAnswer(VersioningXml(request->bucket.versioning())));
}

Task<void> ServePutBucketVersioning(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const std::string document, co_await ReadDocument(request, kMaxDocument));
  v1::SetBucketVersioningRequest set;
  set.set_bucket(request->target.bucket);
  CO_ASSIGN_OR_RETURN(const v1::Bucket::Versioning versioning, ReadVersioning(document));
  set.set_versioning(versioning);
  auto changed = co_await request->operations().buckets->SetVersioning(request->context, set);
  CO_RETURN_IF_ERROR(changed.status());
  co_return co_await request->Send(EmptyAnswer(200));
}

Task<void> ServeGetBucketTagging(S3RequestPtr request) {
  if (request->bucket.tags().empty()) {
    co_return S3Only(404, "NoSuchTagSet", "the TagSet does not exist");
  }
  co_return co_await request->Send(XmlAnswer(TaggingXml(request->bucket.tags())));
}

Task<void> ServePutBucketTagging(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const std::string document, co_await ReadDocument(request, kMaxDocument));
  CO_ASSIGN_OR_RETURN(Tags tags, ReadTagging(document));
  co_return co_await SetTagsOf(request, std::move(tags));
}

Task<void> ServeDeleteBucketTagging(S3RequestPtr request) {
  return SetTagsOf(std::move(request), {});
}

Task<void> ServeGetBucketCors(S3RequestPtr request) {
  if (request->bucket.cors().empty()) {
    co_return S3Only(404, "NoSuchCORSConfiguration", "the CORS configuration does not exist");
  }
  co_return co_await request->Send(XmlAnswer(CorsXml(request->bucket.cors())));
}

Task<void> ServePutBucketCors(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const std::string document, co_await ReadDocument(request, kMaxDocument));
  CO_ASSIGN_OR_RETURN(CorsRules rules, ReadCors(document));
  CO_RETURN_IF_ERROR(co_await request->operations().buckets->SetCors(
      request->context, request->target.bucket, std::move(rules)));
  co_return co_await request->Send(EmptyAnswer(200));
}

Task<void> ServeDeleteBucketCors(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(co_await request->operations().buckets->SetCors(
      request->context, request->target.bucket, CorsRules()));
  co_return co_await request->Send(EmptyAnswer(204));
}

Task<void> ServeProbe(S3RequestPtr request) {
  const S3Route& route = request->route;
  // What no bucket has is deleted already.
  if (request->head().method == "DELETE") co_return co_await request->Send(EmptyAnswer(204));
  if (*route.none != '\0') {
    co_return S3Only(404, route.none,
                     absl::StrCat("there is none: ", route.name, " has nothing to tell"));
  }
  const auto* const empty =
      std::find_if(std::begin(kEmpty), std::end(kEmpty),
                   [&](const EmptyConfiguration& each) { return each.query == route.query; });
  if (empty == std::end(kEmpty)) co_return absl::InternalError("a probe without an answer");
  XmlWriter xml(empty->root);
  if (empty->query == "requestPayment") xml.Element("Payer", "BucketOwner");
  co_return co_await request->Send(XmlAnswer(std::move(xml).Finish()));
}

}  // namespace trebol
