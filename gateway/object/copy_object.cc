#include "gateway/object/copy_object.h"

#include <utility>

#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/attributes.h"
#include "common/object/object_info.h"
#include "common/object/preconditions.h"
#include "common/object/tags.h"
#include "common/object/version_ref.h"

namespace trebol {
namespace {

// The command but for its ids.
absl::StatusOr<v1::CopyObjectCommand> CommandOf(const v1::CopyObjectRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.source_bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(request.source_key()));
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  RETURN_IF_ERROR(ValidateReadPreconditions(request.source_preconditions()));
  RETURN_IF_ERROR(ValidateWritePreconditions(request.preconditions()));
  RETURN_IF_ERROR(ValidateObjectTags(request.replace_tags().tags()));
  v1::CopyObjectCommand copy;
  copy.set_source_bucket(request.source_bucket());
  copy.set_source_key(request.source_key());
  if (!request.source_version().empty()) {
    ASSIGN_OR_RETURN(*copy.mutable_source_version(), ParseVersion(request.source_version()));
  }
  *copy.mutable_source_preconditions() = request.source_preconditions();
  copy.set_bucket(request.bucket());
  copy.set_key(request.key());
  *copy.mutable_preconditions() = request.preconditions();
  if (request.has_replace_metadata()) {
    const v1::CopyObjectRequest::Metadata& metadata = request.replace_metadata();
    SetAttributes(metadata.content_type(), metadata.user_metadata(),
                  metadata.has_headers() ? &metadata.headers() : nullptr,
                  copy.mutable_replace_metadata());
    RETURN_IF_ERROR(ValidateAttributes(copy.replace_metadata()));
  }
  if (request.has_replace_tags()) {
    *copy.mutable_replace_tags()->mutable_tags() = request.replace_tags().tags();
  }
  return copy;
}

}  // namespace

Task<v1::CopyObjectResponse> CopyObject::Run(RequestContextPtr context,
                                             v1::CopyObjectRequest request) {
  CO_ASSIGN_OR_RETURN(v1::CopyObjectCommand copy, CommandOf(request));
  auto make = [&copy](const v1::OperationId& operation, const VersionId& version) {
    v1::Command command;
    *command.mutable_copy_object() = copy;
    *command.mutable_copy_object()->mutable_operation() = operation;
    *command.mutable_copy_object()->mutable_version() = ToProto(version);
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await commands_->RunVersion(context, request.operation(), make));
  v1::CopyObjectResponse response;
  *response.mutable_object() = ToObjectInfo(request.bucket(), outcome.copy_object().object());
  response.mutable_object()->set_latest(true);
  response.set_source_version(VersionString(outcome.copy_object().source()));
  response.set_source_null_version(!outcome.copy_object().source().versioned());
  co_return response;
}

}  // namespace trebol
