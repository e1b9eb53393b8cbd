#pragma once

#include <memory>
#include <string>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/object/cors_rules.h"
#include "gateway/auth/access.h"
#include "gateway/object/bucket_lookup.h"
#include "gateway/object/commands.h"
#include "trebol/v1/access.pb.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Creates, deletes, finds and lists buckets, and sets what they carry. Thread-safe.
class Buckets {
 public:
  Buckets(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<BucketLookup> lookup,
          std::shared_ptr<Commands> commands)
      : metadata_(std::move(metadata)),
        lookup_(std::move(lookup)),
        commands_(std::move(commands)) {}

  /// `owner`: the user who asks, who is told when the bucket is theirs already
  /// (BUCKET_OWNED_BY_YOU); empty: not known, and the bucket is root's.
  Task<v1::Bucket> Create(RequestContextPtr context, v1::CreateBucketRequest request,
                          std::string owner = "");
  /// `with_uploads`: unfinished uploads go with it, unless there are more than 250.
  Task<v1::DeleteBucketResponse> Delete(RequestContextPtr context, v1::DeleteBucketRequest request,
                                        bool with_uploads = false);
  Task<v1::Bucket> Head(RequestContextPtr context, v1::HeadBucketRequest request);
  /// What the caller may know: who may only visit it is told that it is there, and since when.
  Task<v1::Bucket> HeadFor(RequestContextPtr context, v1::HeadBucketRequest request, Caller caller);
  Task<v1::ListBucketsResponse> List(RequestContextPtr context);
  /// Those that IsListed says.
  Task<v1::ListBucketsResponse> ListFor(RequestContextPtr context, Caller caller);
  Task<v1::Bucket> SetVersioning(RequestContextPtr context, v1::SetBucketVersioningRequest request);
  Task<v1::Bucket> SetTags(RequestContextPtr context, v1::SetBucketTagsRequest request);

  /// With what the bucket holds.
  Task<v1::BucketAccess> Access(RequestContextPtr context, v1::GetBucketAccessRequest request);
  Task<v1::BucketAccess> SetAccess(RequestContextPtr context, v1::SetBucketAccessRequest request);
  Task<v1::BucketAccess> SetQuota(RequestContextPtr context, v1::SetBucketQuotaRequest request);
  /// Instead of those it has; none takes them away. INVALID_CORS.
  Task<void> SetCors(RequestContextPtr context, std::string bucket, CorsRules rules);

 private:
  /// Runs a command that changes what the bucket carries.
  Task<v1::Outcome> Change(RequestContextPtr context, std::string bucket, v1::OperationId operation,
                           Commands::Make make);

  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<BucketLookup> lookup_;
  const std::shared_ptr<Commands> commands_;
};

}  // namespace trebol
