#include <utility>

#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "common/object/object_info.h"
#include "gateway/object/buckets.h"

namespace trebol {

Task<v1::ListBucketsResponse> Buckets::ListFor(RequestContextPtr context, Caller caller) {
  CO_ASSIGN_OR_RETURN(const v1::ReadBucketsResponse read,
                      co_await metadata_->ReadBuckets(std::move(context)));
  v1::ListBucketsResponse response;
  for (const v1::BucketRow& row : read.buckets()) {
    if (IsListed(caller, row)) *response.add_buckets() = ToBucket(row);
  }
  co_return response;
}

Task<v1::Bucket> Buckets::HeadFor(RequestContextPtr context, v1::HeadBucketRequest request,
                                  Caller caller) {
  CO_ASSIGN_OR_RETURN(const v1::BucketRow row,
                      co_await lookup_->Find(std::move(context), request.bucket()));
  const v1::Bucket bucket = ToBucket(row);
  if (Allowed(caller, row, Action::kReadConfiguration).ok()) co_return bucket;
  v1::Bucket visited;
  visited.set_name(bucket.name());
  *visited.mutable_created() = bucket.created();
  co_return visited;
}

Task<v1::BucketAccess> Buckets::Access(RequestContextPtr context,
                                       v1::GetBucketAccessRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  v1::LookupBucketRequest lookup;
  lookup.set_bucket(request.bucket());
  CO_ASSIGN_OR_RETURN(const v1::LookupBucketResponse found,
                      co_await metadata_->LookupBucket(std::move(context), std::move(lookup)));
  v1::BucketAccess access = ToBucketAccess(found.bucket());
  v1::BucketUsage& usage = *access.mutable_usage();
  usage.set_bytes(found.usage().bytes());
  usage.set_objects(found.usage().objects());
  usage.set_old_versions(found.usage().old_versions());
  co_return access;
}

Task<v1::BucketAccess> Buckets::SetAccess(RequestContextPtr context,
                                          v1::SetBucketAccessRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_RETURN_IF_ERROR(ValidateGrants(request.grants()));
  auto make = [&request](const v1::OperationId& operation) {
    v1::Command command;
    v1::SetBucketAccessCommand& set = *command.mutable_set_bucket_access();
    *set.mutable_operation() = operation;
    set.set_bucket(request.bucket());
    *set.mutable_grants() = request.grants();
    set.set_only_these(request.only_these());
    if (request.has_anonymous()) set.set_anonymous(request.anonymous());
    set.set_owner(request.owner());
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await Change(context, request.bucket(), request.operation(), make));
  co_return ToBucketAccess(outcome.bucket());
}

Task<v1::BucketAccess> Buckets::SetQuota(RequestContextPtr context,
                                         v1::SetBucketQuotaRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  auto make = [&request](const v1::OperationId& operation) {
    v1::Command command;
    v1::SetBucketQuotaCommand& set = *command.mutable_set_bucket_quota();
    *set.mutable_operation() = operation;
    set.set_bucket(request.bucket());
    set.set_quota_bytes(request.quota_bytes());
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await Change(context, request.bucket(), request.operation(), make));
  co_return ToBucketAccess(outcome.bucket());
}

Task<void> Buckets::SetCors(RequestContextPtr context, std::string bucket, CorsRules rules) {
  CO_RETURN_IF_ERROR(ValidateBucketName(bucket));
  CO_RETURN_IF_ERROR(ValidateCorsRules(rules));
  auto make = [&bucket, &rules](const v1::OperationId& operation) {
    v1::Command command;
    v1::SetBucketCorsCommand& set = *command.mutable_set_bucket_cors();
    *set.mutable_operation() = operation;
    set.set_bucket(bucket);
    *set.mutable_rules() = rules;
    return command;
  };
  auto outcome = co_await Change(context, bucket, v1::OperationId(), make);
  co_return outcome.status();
}

}  // namespace trebol
