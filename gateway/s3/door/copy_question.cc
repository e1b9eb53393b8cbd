#include "gateway/s3/door/copy_question.h"

#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "gateway/s3/access/canned_acl.h"
#include "gateway/s3/codec/copy_source.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/preconditions_header.h"
#include "gateway/s3/door/read_aside.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// Whether a directive says REPLACE; COPY is what is done without one.
absl::StatusOr<bool> Replaces(const RequestHead& head, absl::string_view name) {
  const absl::string_view value = head.Header(name);
  if (value.empty() || value == "COPY") return false;
  if (value == "REPLACE") return true;
  return S3Only(400, "InvalidArgument",
                absl::StrCat("unknown ", name, ": '", absl::CHexEscape(value.substr(0, 100)),
                             "'; it is COPY or REPLACE"));
}

absl::Status RefuseCopyOntoItself(const S3Request& request, const CopyFrom& from,
                                  bool replaces_metadata) {
  const bool same = from.bucket == request.target.bucket && from.key == request.target.key &&
                    from.version.empty();
  if (!same || replaces_metadata || request.head().Count("x-amz-storage-class") > 0) {
    return absl::OkStatus();
  }
  return S3Only(400, "InvalidRequest",
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing the object's metadata, storage class, website redirect location "
                "or encryption attributes.");
}

/// What is to be computed, where the source does not have it.
Task<std::optional<CopyQuestion::NewChecksum>> FindNewChecksum(
    S3RequestPtr request, CopyFrom from, std::optional<v1::Checksum::Algorithm> algorithm) {
  if (!algorithm.has_value()) co_return std::nullopt;
  v1::HeadObjectRequest head;
  head.set_bucket(from.bucket);
  head.set_key(from.key);
  head.set_version(from.version);
  *head.mutable_preconditions() = from.preconditions;
  auto info = co_await request->operations().get->Head(request->context, head);
  CO_RETURN_IF_ERROR(AboutCopySource(info.status()));
  const bool has = absl::c_any_of(info->checksums(), [&](const v1::Checksum& checksum) {
    return checksum.algorithm() == *algorithm;
  });
  if (has) co_return std::nullopt;
  co_return CopyQuestion::NewChecksum{*algorithm, *std::move(info)};
}

PutObject::Header HeaderOfCopy(const CopyQuestion& question) {
  const v1::CopyObjectRequest& copy = question.request;
  const v1::ObjectInfo& source = question.new_checksum->source;
  PutObject::Header header;
  header.set_bucket(copy.bucket());
  header.set_key(copy.key());
  header.set_content_length(source.size());
  header.set_crc32c(source.crc32c());
  *header.mutable_preconditions() = copy.preconditions();
  header.add_checksums()->set_algorithm(question.new_checksum->algorithm);
  const auto take = [&header](const auto& from) {
    header.set_content_type(from.content_type());
    *header.mutable_user_metadata() = from.user_metadata();
    if (from.has_headers()) *header.mutable_headers() = from.headers();
  };
  if (copy.has_replace_metadata()) {
    take(copy.replace_metadata());
  } else {
    take(source);
  }
  *header.mutable_tags() = copy.has_replace_tags() ? copy.replace_tags().tags() : source.tags();
  return header;
}

}  // namespace

Task<CopyFrom> ReadCopySource(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(CopySource source,
                      ParseCopySource(request->head().Header("x-amz-copy-source")));
  CopyFrom from{.bucket = std::move(source.bucket),
                .key = std::move(source.key),
                .version = std::move(source.version)};
  CO_ASSIGN_OR_RETURN(from.preconditions, CopySourcePreconditions(request->head(), request->now));
  CO_ASSIGN_OR_RETURN(const v1::BucketRow bucket,
                      co_await request->services->buckets->FindAllowed(
                          request->context, request->caller, from.bucket, Action::kRead));
  CO_RETURN_IF_ERROR(CheckExpectedOwner(*request, "x-amz-source-expected-bucket-owner", bucket));
  from.versioned = bucket.versioning() != v1::Bucket::UNVERSIONED;
  co_return from;
}

absl::Status AboutCopySource(absl::Status error) {
  if (ReasonOf(error) == v1::NOT_MODIFIED) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::PRECONDITION_FAILED,
                     error.message());
  }
  if (ReasonOf(error) != v1::IS_DELETE_MARKER) return error;
  return S3Only(400, "InvalidRequest",
                "The source of a copy request may not specifically refer to a delete marker by "
                "version id.");
}

Task<CopyQuestion> ReadCopyQuestion(S3RequestPtr request) {
  const RequestHead& head = request->head();
  CO_ASSIGN_OR_RETURN(UploadHeaders upload, ReadUploadHeaders(head));
  CO_ASSIGN_OR_RETURN(const bool new_metadata, Replaces(head, "x-amz-metadata-directive"));
  CO_ASSIGN_OR_RETURN(const bool new_tags, Replaces(head, "x-amz-tagging-directive"));
  if (!upload.canned_acl.empty()) {
    CO_RETURN_IF_ERROR(CheckObjectCannedAcl(upload.canned_acl, request->bucket.anonymous()));
  }
  CO_ASSIGN_OR_RETURN(const CopyFrom from, co_await ReadCopySource(request));
  CO_RETURN_IF_ERROR(RefuseCopyOntoItself(*request, from, new_metadata));
  CopyQuestion question{.request = {}, .source_versioned = from.versioned, .new_checksum = {}};
  CO_ASSIGN_OR_RETURN(question.new_checksum,
                      co_await FindNewChecksum(request, from, upload.checksum_algorithm));
  v1::CopyObjectRequest& copy = question.request;
  copy.set_source_bucket(from.bucket);
  copy.set_source_key(from.key);
  copy.set_source_version(from.version);
  *copy.mutable_source_preconditions() = from.preconditions;
  copy.set_bucket(request->target.bucket);
  copy.set_key(request->target.key);
  CO_ASSIGN_OR_RETURN(*copy.mutable_preconditions(), WritePreconditions(head));
  if (new_metadata) {
    v1::CopyObjectRequest::Metadata& metadata = *copy.mutable_replace_metadata();
    metadata.set_content_type(upload.header.content_type());
    *metadata.mutable_user_metadata() = upload.header.user_metadata();
    if (upload.header.has_headers()) *metadata.mutable_headers() = upload.header.headers();
  }
  if (new_tags) *copy.mutable_replace_tags()->mutable_tags() = upload.header.tags();
  co_return question;
}

Task<v1::CopyObjectResponse> CopyByReading(S3RequestPtr request, CopyQuestion question) {
  const v1::ObjectInfo& source = question.new_checksum->source;
  v1::GetObjectRequest get;
  get.set_bucket(question.request.source_bucket());
  get.set_key(question.request.source_key());
  get.set_version(source.version());
  const auto pipe = ReadAside(request, std::move(get));
  auto put = co_await request->operations().put->Run(request->context, HeaderOfCopy(question),
                                                     pipe->reader(), request->services->EtagOf({}));
  pipe->CloseReading();
  CO_RETURN_IF_ERROR(put.status());
  v1::CopyObjectResponse response;
  *response.mutable_object() = *std::move(put);
  response.set_source_version(source.version());
  response.set_source_null_version(source.null_version());
  co_return response;
}

}  // namespace trebol
