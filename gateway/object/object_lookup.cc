#include "gateway/object/object_lookup.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/object_info.h"
#include "common/object/preconditions.h"
#include "common/object/version_ref.h"

namespace trebol {

ObjectLookup::ObjectLookup(std::shared_ptr<MetadataStub> metadata,
                           std::shared_ptr<GatewaySession> session)
    : metadata_(std::move(metadata)), session_(std::move(session)) {}

Task<v1::LookupObjectResponse> ObjectLookup::Find(RequestContextPtr context, std::string bucket,
                                                  std::string key, std::string version,
                                                  v1::Preconditions preconditions) {
  CO_RETURN_IF_ERROR(ValidateBucketName(bucket));
  CO_RETURN_IF_ERROR(ValidateObjectKey(key));
  CO_RETURN_IF_ERROR(ValidateReadPreconditions(preconditions));
  v1::LookupObjectRequest request;
  request.set_bucket(std::move(bucket));
  request.set_key(key);
  if (!version.empty()) {
    CO_ASSIGN_OR_RETURN(*request.mutable_version(), ParseVersion(version));
  }
  CO_ASSIGN_OR_RETURN(v1::LookupObjectResponse response,
                      co_await metadata_->LookupObject(std::move(context), request));
  session_->Observe(response.head());
  response.mutable_object()->set_key(key);
  if (response.object().delete_marker()) {
    co_return MakeError(absl::StatusCode::kFailedPrecondition, v1::IS_DELETE_MARKER,
                        absl::StrCat("this version of '", key,
                                     "' is a delete marker; take one of its older versions"),
                        absl::StrCat(response.object().manifest().last_modified_us()));
  }
  CO_RETURN_IF_ERROR(CheckRead(preconditions, response.object()));
  co_return response;
}

v1::ObjectInfo InfoOf(const std::string& bucket, const v1::LookupObjectResponse& found) {
  v1::ObjectInfo info = ToObjectInfo(bucket, found.object());
  info.set_latest(found.latest());
  return info;
}

}  // namespace trebol
