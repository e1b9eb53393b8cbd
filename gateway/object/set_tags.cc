#include "gateway/object/set_tags.h"

#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/object_info.h"
#include "common/object/tags.h"
#include "common/object/version_ref.h"

namespace trebol {

Task<v1::ObjectInfo> SetTags::Run(RequestContextPtr context, v1::SetObjectTagsRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  CO_RETURN_IF_ERROR(ValidateObjectTags(request.tags()));
  v1::VersionRef version;
  if (!request.version().empty()) {
    CO_ASSIGN_OR_RETURN(version, ParseVersion(request.version()));
  }
  auto make = [&](const v1::OperationId& operation) {
    v1::Command command;
    v1::SetObjectTagsCommand& set = *command.mutable_set_object_tags();
    *set.mutable_operation() = operation;
    set.set_bucket(request.bucket());
    set.set_key(request.key());
    if (!request.version().empty()) *set.mutable_version() = version;
    *set.mutable_tags() = request.tags();
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await commands_->Run(context, request.operation(), make));
  v1::ObjectInfo info = ToObjectInfo(request.bucket(), outcome.object());
  info.set_latest(request.version().empty());
  co_return info;
}

}  // namespace trebol
