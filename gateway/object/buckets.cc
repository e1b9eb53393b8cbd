#include "gateway/object/buckets.h"

#include <utility>

#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/object_info.h"

namespace trebol {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

Buckets::Buckets(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<GatewaySession> session)
    : metadata_(std::move(metadata)), session_(std::move(session)) {}

Task<v1::Bucket> Buckets::Create(RequestContextPtr context, v1::CreateBucketRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, session_->Current());
  OpenOperation operation(life, /*with_version=*/false);
  v1::Command command;
  v1::CreateBucketCommand* create = command.mutable_create_bucket();
  *create->mutable_operation() =
      operation.IdOr(request.has_operation() ? &request.operation() : nullptr);
  create->set_bucket(request.bucket());
  auto outcome = co_await session_->Submit(context, std::move(command), kPatience);
  operation.Settled();
  CO_RETURN_IF_ERROR(outcome.status());
  co_return ToBucket(outcome->bucket());
}

Task<v1::DeleteBucketResponse> Buckets::Delete(RequestContextPtr context,
                                               v1::DeleteBucketRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, session_->Current());
  OpenOperation operation(life, /*with_version=*/false);
  v1::Command command;
  v1::DeleteBucketCommand* remove = command.mutable_delete_bucket();
  *remove->mutable_operation() =
      operation.IdOr(request.has_operation() ? &request.operation() : nullptr);
  remove->set_bucket(request.bucket());
  auto outcome = co_await session_->Submit(context, std::move(command), kPatience);
  operation.Settled();
  CO_RETURN_IF_ERROR(outcome.status());
  co_return v1::DeleteBucketResponse();
}

Task<v1::Bucket> Buckets::Head(RequestContextPtr context, std::string bucket) {
  CO_RETURN_IF_ERROR(ValidateBucketName(bucket));
  v1::LookupBucketRequest request;
  request.set_bucket(std::move(bucket));
  CO_ASSIGN_OR_RETURN(v1::LookupBucketResponse response,
                      co_await metadata_->LookupBucket(std::move(context), request));
  co_return ToBucket(response.bucket());
}

Task<v1::ListBucketsResponse> Buckets::List(RequestContextPtr context) {
  CO_ASSIGN_OR_RETURN(v1::ReadBucketsResponse read,
                      co_await metadata_->ReadBuckets(std::move(context)));
  v1::ListBucketsResponse response;
  for (const v1::BucketRow& row : read.buckets()) *response.add_buckets() = ToBucket(row);
  co_return response;
}

}  // namespace trebol
