#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/auth/access.h"

namespace trebol {

/// What a request is about: the service as a whole, a bucket, or an object in it.
enum class S3Scope { kService, kBucket, kObject };

/// The operations of S3 that this door knows, by AWS' names.
enum class S3Operation {
  // Buckets.
  kListBuckets,
  kCreateBucket,
  kDeleteBucket,
  kHeadBucket,
  kGetBucketLocation,
  kGetBucketVersioning,
  kPutBucketVersioning,
  kGetBucketTagging,
  kPutBucketTagging,
  kDeleteBucketTagging,
  kGetBucketCors,
  kPutBucketCors,
  kDeleteBucketCors,
  kGetBucketAcl,
  kPutBucketAcl,
  kGetBucketPolicy,
  kPutBucketPolicy,
  kDeleteBucketPolicy,
  kGetBucketPolicyStatus,
  kProbe,  // of a configuration that no bucket here has: there is none, or it is deleted already
  // Listings.
  kListObjects,
  kListObjectsV2,
  kListObjectVersions,
  kListMultipartUploads,
  kListParts,
  // Objects.
  kPutObject,
  kPostObject,
  kGetObject,
  kHeadObject,
  kGetObjectAttributes,
  kCopyObject,
  kDeleteObject,
  kDeleteObjects,
  kGetObjectTagging,
  kPutObjectTagging,
  kDeleteObjectTagging,
  kGetObjectAcl,
  kPutObjectAcl,
  // Uploads in parts.
  kCreateMultipartUpload,
  kUploadPart,
  kUploadPartCopy,
  kCompleteMultipartUpload,
  kAbortMultipartUpload,
  // Another origin asks whether it may.
  kPreflight,
  kNotImplemented,
};

/// A row of the table of routes. A value; its strings are literals.
struct S3Route {
  S3Operation operation = S3Operation::kNotImplemented;
  const char* name = "";    // AWS' name
  const char* method = "";  // HTTP's
  S3Scope scope = S3Scope::kService;
  /// The parameter of the query that makes it this operation; empty: none does.
  const char* query = "";
  /// Likewise the header.
  const char* header = "";
  /// What the caller must be allowed; nothing: the operation looks itself (the service's own, and
  /// forms, whose signature is in their body).
  std::optional<Action> action;
  /// Of a probe: S3's error code that says that there is none; empty: a body that says so.
  const char* none = "";
};

/// Every route, in the order in which they are tried.
absl::Span<const S3Route> S3Routes();

/// What a request asks for. `query` has the names of its parameters, decoded; `header` says whether
/// the request has one of that name. A sub-resource of S3 that is not served is kNotImplemented,
/// never the plain operation: PUT ?lifecycle must not store an object. Nothing if the method is
/// none of S3's here.
std::optional<S3Route> FindS3Route(absl::string_view method, S3Scope scope,
                                   const std::vector<std::string>& query,
                                   const std::vector<std::string>& headers);

}  // namespace trebol
