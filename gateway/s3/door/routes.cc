#include "gateway/s3/door/routes.h"

#include <algorithm>

namespace trebol {
namespace {

using Op = S3Operation;
constexpr auto kService = S3Scope::kService;
constexpr auto kBucket = S3Scope::kBucket;
constexpr auto kObject = S3Scope::kObject;

// The first that fits is taken: rows with a parameter or a header stand before those without.
constexpr S3Route kRoutes[] = {
    {Op::kListBuckets, "ListBuckets", "GET", kService},

    {Op::kGetBucketLocation, "GetBucketLocation", "GET", kBucket, "location", "", Action::kVisit},
    {Op::kGetBucketVersioning, "GetBucketVersioning", "GET", kBucket, "versioning", "",
     Action::kReadConfiguration},
    {Op::kPutBucketVersioning, "PutBucketVersioning", "PUT", kBucket, "versioning", "",
     Action::kConfigure},
    {Op::kGetBucketTagging, "GetBucketTagging", "GET", kBucket, "tagging", "",
     Action::kReadConfiguration},
    {Op::kPutBucketTagging, "PutBucketTagging", "PUT", kBucket, "tagging", "", Action::kConfigure},
    {Op::kDeleteBucketTagging, "DeleteBucketTagging", "DELETE", kBucket, "tagging", "",
     Action::kConfigure},
    {Op::kGetBucketCors, "GetBucketCors", "GET", kBucket, "cors", "", Action::kReadConfiguration},
    {Op::kPutBucketCors, "PutBucketCors", "PUT", kBucket, "cors", "", Action::kConfigure},
    {Op::kDeleteBucketCors, "DeleteBucketCors", "DELETE", kBucket, "cors", "", Action::kConfigure},
    {Op::kGetBucketAcl, "GetBucketAcl", "GET", kBucket, "acl", "", Action::kReadAcl},
    {Op::kPutBucketAcl, "PutBucketAcl", "PUT", kBucket, "acl", "", Action::kConfigure},
    {Op::kGetBucketPolicyStatus, "GetBucketPolicyStatus", "GET", kBucket, "policyStatus", "",
     Action::kReadAcl},
    {Op::kGetBucketPolicy, "GetBucketPolicy", "GET", kBucket, "policy", "", Action::kReadAcl},
    {Op::kPutBucketPolicy, "PutBucketPolicy", "PUT", kBucket, "policy", "", Action::kConfigure},
    {Op::kDeleteBucketPolicy, "DeleteBucketPolicy", "DELETE", kBucket, "policy", "",
     Action::kConfigure},
    {Op::kProbe, "GetBucketAccelerateConfiguration", "GET", kBucket, "accelerate", "",
     Action::kReadConfiguration},
    {Op::kProbe, "GetBucketRequestPayment", "GET", kBucket, "requestPayment", "",
     Action::kReadConfiguration},
    {Op::kProbe, "GetBucketLogging", "GET", kBucket, "logging", "", Action::kReadConfiguration},
    {Op::kProbe, "GetBucketNotificationConfiguration", "GET", kBucket, "notification", "",
     Action::kReadConfiguration},
    {Op::kProbe, "GetBucketLifecycleConfiguration", "GET", kBucket, "lifecycle", "",
     Action::kReadConfiguration, "NoSuchLifecycleConfiguration"},
    {Op::kProbe, "GetBucketEncryption", "GET", kBucket, "encryption", "",
     Action::kReadConfiguration, "ServerSideEncryptionConfigurationNotFoundError"},
    {Op::kProbe, "GetBucketReplication", "GET", kBucket, "replication", "",
     Action::kReadConfiguration, "ReplicationConfigurationNotFoundError"},
    {Op::kProbe, "GetBucketWebsite", "GET", kBucket, "website", "", Action::kReadConfiguration,
     "NoSuchWebsiteConfiguration"},
    {Op::kProbe, "GetObjectLockConfiguration", "GET", kBucket, "object-lock", "",
     Action::kReadConfiguration, "ObjectLockConfigurationNotFoundError"},
    {Op::kProbe, "GetPublicAccessBlock", "GET", kBucket, "publicAccessBlock", "",
     Action::kReadConfiguration, "NoSuchPublicAccessBlockConfiguration"},
    {Op::kProbe, "GetBucketOwnershipControls", "GET", kBucket, "ownershipControls", "",
     Action::kReadConfiguration, "OwnershipControlsNotFoundError"},
    {Op::kProbe, "DeleteBucketLifecycle", "DELETE", kBucket, "lifecycle", "", Action::kConfigure},
    {Op::kProbe, "DeleteBucketEncryption", "DELETE", kBucket, "encryption", "", Action::kConfigure},
    {Op::kProbe, "DeleteBucketReplication", "DELETE", kBucket, "replication", "",
     Action::kConfigure},
    {Op::kProbe, "DeleteBucketWebsite", "DELETE", kBucket, "website", "", Action::kConfigure},
    {Op::kProbe, "DeletePublicAccessBlock", "DELETE", kBucket, "publicAccessBlock", "",
     Action::kConfigure},
    {Op::kProbe, "DeleteBucketOwnershipControls", "DELETE", kBucket, "ownershipControls", "",
     Action::kConfigure},
    {Op::kListObjectVersions, "ListObjectVersions", "GET", kBucket, "versions", "", Action::kList},
    {Op::kListMultipartUploads, "ListMultipartUploads", "GET", kBucket, "uploads", "",
     Action::kListUploads},
    {Op::kListObjectsV2, "ListObjectsV2", "GET", kBucket, "list-type", "", Action::kList},
    {Op::kListObjects, "ListObjects", "GET", kBucket, "", "", Action::kList},
    {Op::kCreateBucket, "CreateBucket", "PUT", kBucket},
    {Op::kDeleteBucket, "DeleteBucket", "DELETE", kBucket, "", "", Action::kDeleteBucket},
    {Op::kHeadBucket, "HeadBucket", "HEAD", kBucket, "", "", Action::kVisit},
    {Op::kDeleteObjects, "DeleteObjects", "POST", kBucket, "delete", "", Action::kDelete},
    {Op::kPostObject, "PostObject", "POST", kBucket},
    {Op::kPreflight, "OPTIONS (cross-origin preflight)", "OPTIONS", kBucket},

    {Op::kGetObjectTagging, "GetObjectTagging", "GET", kObject, "tagging", "", Action::kRead},
    {Op::kPutObjectTagging, "PutObjectTagging", "PUT", kObject, "tagging", "", Action::kWrite},
    {Op::kDeleteObjectTagging, "DeleteObjectTagging", "DELETE", kObject, "tagging", "",
     Action::kWrite},
    {Op::kGetObjectAcl, "GetObjectAcl", "GET", kObject, "acl", "", Action::kReadAcl},
    {Op::kPutObjectAcl, "PutObjectAcl", "PUT", kObject, "acl", "", Action::kConfigure},
    {Op::kProbe, "GetObjectRetention", "GET", kObject, "retention", "", Action::kRead,
     "NoSuchObjectLockConfiguration"},
    {Op::kProbe, "GetObjectLegalHold", "GET", kObject, "legal-hold", "", Action::kRead,
     "NoSuchObjectLockConfiguration"},
    {Op::kGetObjectAttributes, "GetObjectAttributes", "GET", kObject, "attributes", "",
     Action::kRead},
    {Op::kListParts, "ListParts", "GET", kObject, "uploadId", "", Action::kListUploads},
    {Op::kGetObject, "GetObject", "GET", kObject, "", "", Action::kRead},
    {Op::kHeadObject, "HeadObject", "HEAD", kObject, "", "", Action::kRead},
    {Op::kUploadPartCopy, "UploadPartCopy", "PUT", kObject, "uploadId", "x-amz-copy-source",
     Action::kWrite},
    {Op::kUploadPart, "UploadPart", "PUT", kObject, "uploadId", "", Action::kWrite},
    {Op::kCopyObject, "CopyObject", "PUT", kObject, "", "x-amz-copy-source", Action::kWrite},
    {Op::kPutObject, "PutObject", "PUT", kObject, "", "", Action::kWrite},
    {Op::kAbortMultipartUpload, "AbortMultipartUpload", "DELETE", kObject, "uploadId", "",
     Action::kWrite},
    {Op::kDeleteObject, "DeleteObject", "DELETE", kObject, "", "", Action::kDelete},
    {Op::kCreateMultipartUpload, "CreateMultipartUpload", "POST", kObject, "uploads", "",
     Action::kWrite},
    {Op::kCompleteMultipartUpload, "CompleteMultipartUpload", "POST", kObject, "uploadId", "",
     Action::kWrite},
    {Op::kPreflight, "OPTIONS (cross-origin preflight)", "OPTIONS", kObject},
};

// The parameters by which S3 knows one operation from another. One of them that no row has taken is
// an operation that is not served.
constexpr const char* kSubResources[] = {
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "annotation",
    "annotations",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metadataAnnotationTable",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
};

bool Has(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

absl::Span<const S3Route> S3Routes() { return kRoutes; }

std::optional<S3Route> FindS3Route(absl::string_view method, S3Scope scope,
                                   const std::vector<std::string>& query,
                                   const std::vector<std::string>& headers) {
  bool known = false;
  for (const S3Route& route : kRoutes) {
    if (route.scope != scope || route.method != method) continue;
    known = true;
    const absl::string_view wanted = route.query;
    if (!wanted.empty() && !Has(query, wanted)) continue;
    if (*route.header != '\0' && !Has(headers, route.header)) continue;
    // Who asks whether they may ask does not ask it yet.
    if (route.operation == Op::kPreflight) return route;
    for (const char* const other : kSubResources) {
      if (wanted == other || !Has(query, other)) continue;
      return S3Route{.operation = Op::kNotImplemented, .name = other, .scope = scope};
    }
    return route;
  }
  if (!known) return std::nullopt;
  return S3Route{.operation = Op::kNotImplemented, .name = "", .scope = scope};
}

}  // namespace trebol
