#include "gateway/object/delete_object.h"

#include <utility>

#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

DeleteObject::DeleteObject(std::shared_ptr<MetadataStub> metadata,
                           std::shared_ptr<GatewaySession> session)
    : metadata_(std::move(metadata)), session_(std::move(session)) {}

Task<v1::DeleteObjectResponse> DeleteObject::Run(RequestContextPtr context,
                                                 v1::DeleteObjectRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, session_->Current());
  v1::LookupBucketRequest lookup;
  lookup.set_bucket(request.bucket());
  CO_ASSIGN_OR_RETURN(v1::LookupBucketResponse found,
                      co_await metadata_->LookupBucket(context, lookup));
  OpenOperation operation(life, /*with_version=*/false);
  v1::Command command;
  v1::DeleteObjectCommand* remove = command.mutable_delete_object();
  *remove->mutable_operation() =
      operation.IdOr(request.has_operation() ? &request.operation() : nullptr);
  remove->set_bucket_id(found.bucket().id());
  remove->set_key(request.key());
  auto outcome = co_await session_->Submit(context, std::move(command), kPatience);
  operation.Settled();
  CO_RETURN_IF_ERROR(outcome.status());
  v1::DeleteObjectResponse response;
  response.set_existed(outcome->delete_object().existed());
  co_return response;
}

}  // namespace trebol
