#include "gateway/object/multipart.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/attributes.h"
#include "common/object/object_info.h"
#include "common/object/part_set.h"
#include "common/object/preconditions.h"
#include "common/object/tags.h"
#include "common/object/version_ref.h"

namespace trebol {
namespace {

// Parts that come while an upload is completed: so often the parts are checked again.
constexpr int kMostChecks = 5;

absl::Status Validate(const v1::CreateMultipartUploadRequest& request,
                      const v1::Manifest& attributes) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  RETURN_IF_ERROR(ValidateAttributes(attributes));
  RETURN_IF_ERROR(ValidateObjectTags(request.tags()));
  google::protobuf::RepeatedPtrField<v1::Checksum> checksums;
  for (const int algorithm : request.checksums()) {
    checksums.Add()->set_algorithm(static_cast<v1::Checksum::Algorithm>(algorithm));
  }
  return ValidateChecksums(checksums);
}

Task<std::vector<v1::PartRow>> ReadAllParts(std::shared_ptr<MetadataStub> metadata,
                                            RequestContextPtr context, v1::VersionId upload) {
  std::vector<v1::PartRow> parts;
  v1::ReadPartsRequest request;
  *request.mutable_upload() = upload;
  request.set_limit(kMaxPageSize);
  while (true) {
    CO_ASSIGN_OR_RETURN(v1::ReadPartsResponse page, co_await metadata->ReadParts(context, request));
    for (v1::PartRow& part : *page.mutable_parts()) {
      request.set_after(part.number());
      parts.push_back(std::move(part));
    }
    if (!page.more()) co_return parts;
  }
}

// What was put by a Complete, which makes it the latest.
v1::ObjectInfo CompletedInfo(const std::string& bucket, const v1::ObjectRow& object) {
  v1::ObjectInfo info = ToObjectInfo(bucket, object);
  info.set_latest(true);
  return info;
}

std::string SetOf(const v1::CompleteMultipartUploadRequest& request) {
  std::string set;
  for (const auto& part : request.parts()) AddPart(part.part_number(), &set);
  return set;
}

// A repeat of a Complete that took effect.
absl::StatusOr<v1::ObjectInfo> CompletedBefore(const v1::CompleteMultipartUploadRequest& request,
                                               const v1::ObjectRow& object) {
  if (SetOf(request) != object.manifest().parts()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::INVALID_UPLOAD_STATE,
                     absl::StrCat("the multipart upload ", request.upload_id(),
                                  " was completed before, with other parts"));
  }
  return CompletedInfo(request.bucket(), object);
}

// The command of a repeat whose upload and object are gone: it finds the outcome that is kept under
// its operation, or none, and changes nothing.
v1::Command AskAgain(const v1::CompleteMultipartUploadRequest& request, const VersionId& upload,
                     const v1::OperationId& operation) {
  v1::Command command;
  v1::CompleteUploadCommand& complete = *command.mutable_complete_upload();
  *complete.mutable_operation() = operation;
  complete.set_bucket(request.bucket());
  complete.set_key(request.key());
  *complete.mutable_upload() = ToProto(upload);
  *complete.mutable_manifest()->mutable_version() = ToProto(upload);
  complete.mutable_manifest()->set_chunk_size(1);
  *complete.mutable_manifest()->mutable_parts() = SetOf(request);
  return command;
}

}  // namespace

Task<v1::MultipartUpload> Multipart::Create(RequestContextPtr context,
                                            v1::CreateMultipartUploadRequest request,
                                            std::string initiator, PartChecksums kind) {
  v1::Manifest attributes;
  SetAttributes(request.content_type(), request.user_metadata(),
                request.has_headers() ? &request.headers() : nullptr, &attributes);
  CO_RETURN_IF_ERROR(Validate(request, attributes));
  if (kind == PartChecksums::kComposite) {
    for (const int algorithm : request.checksums()) {
      v1::Checksum& checksum = *attributes.add_checksums();
      checksum.set_algorithm(static_cast<v1::Checksum::Algorithm>(algorithm));
      checksum.set_composite(true);
    }
  }
  auto make = [&](const v1::OperationId& operation, const VersionId& version) {
    v1::Command command;
    v1::CreateUploadCommand& create = *command.mutable_create_upload();
    *create.mutable_operation() = operation;
    create.set_bucket(request.bucket());
    create.set_key(request.key());
    *create.mutable_upload() = ToProto(version);
    *create.mutable_manifest() = attributes;
    *create.mutable_tags() = request.tags();
    *create.mutable_checksums() = request.checksums();
    create.set_initiator(initiator);
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await commands_->RunVersion(context, request.operation(), make));
  co_return ToMultipartUpload(request.bucket(), outcome.upload());
}

Task<v1::ObjectInfo> Multipart::Complete(RequestContextPtr context,
                                         v1::CompleteMultipartUploadRequest request,
                                         PartRules rules) {
  CO_RETURN_IF_ERROR(ValidatePartList(request));
  CO_RETURN_IF_ERROR(ValidateWritePreconditions(request.preconditions()));
  CO_ASSIGN_OR_RETURN(const VersionId id, ParseUploadId(request.upload_id()));
  v1::LookupUploadRequest lookup;
  lookup.set_bucket(request.bucket());
  lookup.set_key(request.key());
  *lookup.mutable_upload() = ToProto(id);
  absl::Status changed;
  for (int check = 0; check < kMostChecks; ++check) {
    auto looked_up = co_await metadata_->LookupUpload(context, lookup);
    const ErrorReason reason = ReasonOf(looked_up.status());
    if ((reason == v1::UPLOAD_NOT_FOUND || reason == v1::BUCKET_NOT_FOUND) &&
        request.has_operation()) {
      co_return co_await Repeat(context, request, id);
    }
    CO_RETURN_IF_ERROR(looked_up.status());
    const v1::LookupUploadResponse& found = *looked_up;
    if (!found.has_upload()) co_return CompletedBefore(request, found.completed());
    CO_ASSIGN_OR_RETURN(const std::vector<v1::PartRow> parts,
                        co_await ReadAllParts(metadata_, context, lookup.upload()));
    CO_ASSIGN_OR_RETURN(const v1::Manifest manifest,
                        ManifestOfParts(request, found.upload(), parts, rules));
    auto make = [&](const v1::OperationId& operation) {
      v1::Command command;
      v1::CompleteUploadCommand& complete = *command.mutable_complete_upload();
      *complete.mutable_operation() = operation;
      complete.set_bucket(request.bucket());
      complete.set_key(request.key());
      *complete.mutable_upload() = lookup.upload();
      complete.set_revision(found.upload().revision());
      *complete.mutable_manifest() = manifest;
      if (request.has_preconditions()) *complete.mutable_preconditions() = request.preconditions();
      return command;
    };
    auto outcome = co_await commands_->Run(context, request.operation(), make);
    if (outcome.ok()) co_return CompletedInfo(request.bucket(), outcome->object());
    changed = outcome.status();
    if (ReasonOf(changed) != v1::UPLOAD_CHANGED) break;
  }
  co_return changed;
}

Task<v1::ObjectInfo> Multipart::Repeat(RequestContextPtr context,
                                       v1::CompleteMultipartUploadRequest request,
                                       VersionId upload) {
  auto make = [&](const v1::OperationId& operation) {
    return AskAgain(request, upload, operation);
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await commands_->Run(context, request.operation(), make));
  co_return CompletedInfo(request.bucket(), outcome.object());
}

Task<v1::AbortMultipartUploadResponse> Multipart::Abort(RequestContextPtr context,
                                                        v1::AbortMultipartUploadRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  CO_ASSIGN_OR_RETURN(const VersionId id, ParseUploadId(request.upload_id()));
  auto make = [&](const v1::OperationId& operation) {
    v1::Command command;
    v1::AbortUploadCommand& abort = *command.mutable_abort_upload();
    *abort.mutable_operation() = operation;
    abort.set_bucket(request.bucket());
    abort.set_key(request.key());
    *abort.mutable_upload() = ToProto(id);
    return command;
  };
  auto outcome = co_await commands_->Run(context, request.operation(), make);
  CO_RETURN_IF_ERROR(outcome.status());
  co_return v1::AbortMultipartUploadResponse();
}

}  // namespace trebol
