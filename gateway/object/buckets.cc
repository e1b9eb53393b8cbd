#include "gateway/object/buckets.h"

#include <utility>

#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/object_info.h"
#include "common/object/tags.h"

namespace trebol {

Task<v1::Bucket> Buckets::Create(RequestContextPtr context, v1::CreateBucketRequest request,
                                 std::string owner) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  auto make = [&request, &owner](const v1::OperationId& operation) {
    v1::Command command;
    *command.mutable_create_bucket()->mutable_operation() = operation;
    command.mutable_create_bucket()->set_bucket(request.bucket());
    command.mutable_create_bucket()->set_owner(owner);
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await commands_->Run(context, request.operation(), make));
  // What follows in this request is about this very bucket, and their right to it as its owner.
  const Caller creator{
      .kind = Caller::Kind::kUser, .user = owner, .display_name = "", .key_id = ""};
  BucketLookup::Claim(*context, creator, outcome.bucket(), Action::kConfigure);
  co_return ToBucket(outcome.bucket());
}

Task<v1::DeleteBucketResponse> Buckets::Delete(RequestContextPtr context,
                                               v1::DeleteBucketRequest request, bool with_uploads) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  auto make = [&request, with_uploads](const v1::OperationId& operation) {
    v1::Command command;
    *command.mutable_delete_bucket()->mutable_operation() = operation;
    command.mutable_delete_bucket()->set_bucket(request.bucket());
    command.mutable_delete_bucket()->set_with_uploads(with_uploads);
    return command;
  };
  auto outcome = co_await commands_->Run(context, request.operation(), make);
  CO_RETURN_IF_ERROR(outcome.status());
  lookup_->Forget(request.bucket());
  co_return v1::DeleteBucketResponse();
}

Task<v1::Bucket> Buckets::Head(RequestContextPtr context, v1::HeadBucketRequest request) {
  CO_ASSIGN_OR_RETURN(const v1::BucketRow bucket,
                      co_await lookup_->Find(std::move(context), request.bucket()));
  co_return ToBucket(bucket);
}

Task<v1::ListBucketsResponse> Buckets::List(RequestContextPtr context) {
  CO_ASSIGN_OR_RETURN(v1::ReadBucketsResponse read,
                      co_await metadata_->ReadBuckets(std::move(context)));
  v1::ListBucketsResponse response;
  for (const v1::BucketRow& row : read.buckets()) *response.add_buckets() = ToBucket(row);
  co_return response;
}

Task<v1::Outcome> Buckets::Change(RequestContextPtr context, std::string bucket,
                                  v1::OperationId operation, Commands::Make make) {
  auto outcome = co_await commands_->Run(std::move(context), std::move(operation), std::move(make));
  lookup_->Forget(bucket);
  co_return outcome;
}

Task<v1::Bucket> Buckets::SetVersioning(RequestContextPtr context,
                                        v1::SetBucketVersioningRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  auto make = [&request](const v1::OperationId& operation) {
    v1::Command command;
    v1::SetBucketVersioningCommand& set = *command.mutable_set_bucket_versioning();
    *set.mutable_operation() = operation;
    set.set_bucket(request.bucket());
    set.set_versioning(request.versioning());
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await Change(context, request.bucket(), request.operation(), make));
  co_return ToBucket(outcome.bucket());
}

Task<v1::Bucket> Buckets::SetTags(RequestContextPtr context, v1::SetBucketTagsRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_RETURN_IF_ERROR(ValidateBucketTags(request.tags()));
  auto make = [&request](const v1::OperationId& operation) {
    v1::Command command;
    v1::SetBucketTagsCommand& set = *command.mutable_set_bucket_tags();
    *set.mutable_operation() = operation;
    set.set_bucket(request.bucket());
    *set.mutable_tags() = request.tags();
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await Change(context, request.bucket(), request.operation(), make));
  co_return ToBucket(outcome.bucket());
}

}  // namespace trebol
