#include "gateway/s3/door/write_handlers.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/preconditions.h"
#include "common/object/version_ref.h"
#include "gateway/s3/access/canned_acl.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/object_xml.h"
#include "gateway/s3/codec/preconditions_header.h"
#include "gateway/s3/door/copy_question.h"
#include "gateway/s3/door/s3_body.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr size_t kMaxDeleteDocument = 4 * kMiB;  // 1,000 keys of 1,024 bytes, escaped
constexpr size_t kMaxTagDocument = 64 * kKiB;

Task<void> SetTagsOf(S3RequestPtr request, Tags tags, int status) {
  v1::SetObjectTagsRequest set;
  set.set_bucket(request->target.bucket);
  set.set_key(request->target.key);
  set.set_version(request->version());
  *set.mutable_tags() = std::move(tags);
  CO_ASSIGN_OR_RETURN(const v1::ObjectInfo info,
                      co_await request->operations().tags->Run(request->context, set));
  HttpAnswer answer = EmptyAnswer(status);
  if (request->versioned() || !info.null_version()) {
    answer.headers.emplace_back("x-amz-version-id", info.null_version() ? "null" : info.version());
  }
  co_return co_await request->Send(std::move(answer));
}

/// As S3 does it: an entry that cannot be spoils no other, where the operation refuses them all.
Task<v1::DeleteObjectsResponse> DeleteGoodOnes(S3RequestPtr request,
                                               v1::DeleteObjectsRequest asked) {
  v1::DeleteObjectsRequest good;
  good.set_bucket(asked.bucket());
  v1::DeleteObjectsResponse response;
  std::vector<int> places;  // of the good ones
  for (const v1::DeleteObjectsRequest::Entry& entry : asked.entries()) {
    v1::DeleteObjectsResponse::Result& result = *response.add_results();
    absl::Status status = ValidateObjectKey(entry.key());
    if (status.ok() && !entry.version().empty()) status = ParseVersion(entry.version()).status();
    if (status.ok()) status = ValidateWritePreconditions(entry.preconditions());
    if (status.ok()) {
      *good.add_entries() = entry;
      places.push_back(response.results_size() - 1);
    } else {
      result.set_code(static_cast<int32_t>(status.code()));
      result.set_reason(ReasonOf(status));
      result.set_message(std::string(status.message()));
    }
  }
  if (places.empty()) co_return response;
  CO_ASSIGN_OR_RETURN(v1::DeleteObjectsResponse removed,
                      co_await request->operations().remove->RunMany(request->context, good));
  for (size_t i = 0; i < places.size(); ++i) {
    response.mutable_results(places[i])->Swap(removed.mutable_results(static_cast<int>(i)));
  }
  co_return response;
}

}  // namespace

absl::StatusOr<IncomingBody> BodyOf(const S3Request& request) {
  ASSIGN_OR_RETURN(const std::shared_ptr<S3Body> body,
                   S3Body::Create(request.exchange, request.payload));
  if (!body->length().has_value()) {
    return S3Only(411, "MissingContentLength", "you must provide the Content-Length HTTP header");
  }
  if (*body->length() > kMaxPartSize) {
    return S3Only(
        400, "EntityTooLarge",
        absl::StrCat("your proposed upload of ", *body->length(), " bytes exceeds the maximum of ",
                     kMaxPartSize, "; upload it in parts"));
  }
  return IncomingBody{body, *body->length()};
}

Task<void> ServePutObject(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(UploadHeaders upload, ReadUploadHeaders(request->head()));
  CO_ASSIGN_OR_RETURN(IncomingBody body, BodyOf(*request));
  if (!upload.canned_acl.empty()) {
    CO_RETURN_IF_ERROR(CheckObjectCannedAcl(upload.canned_acl, request->bucket.anonymous()));
  }
  PutObject::Header& header = upload.header;
  header.set_bucket(request->target.bucket);
  header.set_key(request->target.key);
  header.set_content_length(body.length);
  CO_ASSIGN_OR_RETURN(*header.mutable_preconditions(), WritePreconditions(request->head()));
  CO_ASSIGN_OR_RETURN(const v1::ObjectInfo info,
                      co_await request->operations().put->Run(
                          request->context, std::move(header), std::move(body.reader),
                          request->services->EtagOf(upload.content_md5)));
  co_return co_await request->Send(EmptyAnswer(200, WriteResponseHeaders(info)));
}

Task<void> ServeCopyObject(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const CopyQuestion question, co_await ReadCopyQuestion(request));
  absl::StatusOr<v1::CopyObjectResponse> ran;
  if (question.new_checksum.has_value()) {
    ran = co_await CopyByReading(request, question);
  } else {
    ran = co_await request->operations().copy->Run(request->context, question.request);
  }
  CO_RETURN_IF_ERROR(AboutCopySource(ran.status()));
  const v1::CopyObjectResponse& copied = *ran;
  HttpAnswer answer = XmlAnswer(CopyObjectXml(copied.object()));
  if (question.source_versioned) {
    answer.headers.emplace_back("x-amz-copy-source-version-id",
                                copied.source_null_version() ? "null" : copied.source_version());
  }
  AddWrittenVersion(copied.object(), &answer.headers);
  co_return co_await request->Send(std::move(answer));
}

Task<void> ServeDeleteObject(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(RefuseUnsupportedHeaders(request->head()));
  v1::DeleteObjectRequest remove;
  remove.set_bucket(request->target.bucket);
  remove.set_key(request->target.key);
  remove.set_version(request->version());
  CO_ASSIGN_OR_RETURN(*remove.mutable_preconditions(), WritePreconditions(request->head()));
  CO_ASSIGN_OR_RETURN(const v1::DeleteObjectResponse removed,
                      co_await request->operations().remove->Run(request->context, remove));
  co_return co_await request->Send(
      EmptyAnswer(204, DeleteResponseHeaders(removed.delete_marker(), removed.version())));
}

Task<void> ServeDeleteObjects(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const std::string document,
                      co_await ReadDocument(request, kMaxDeleteDocument));
  CO_ASSIGN_OR_RETURN(DeleteBody body, ReadDelete(document));
  body.request.set_bucket(request->target.bucket);
  CO_ASSIGN_OR_RETURN(const v1::DeleteObjectsResponse removed,
                      co_await DeleteGoodOnes(request, body.request));
  co_return co_await request->Send(XmlAnswer(DeleteResultXml(body.request, removed, body.quiet)));
}

Task<void> ServePutObjectTagging(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const std::string document, co_await ReadDocument(request, kMaxTagDocument));
  CO_ASSIGN_OR_RETURN(Tags tags, ReadTagging(document));
  co_return co_await SetTagsOf(request, std::move(tags), 200);
}

Task<void> ServeDeleteObjectTagging(S3RequestPtr request) {
  return SetTagsOf(std::move(request), {}, 204);
}

}  // namespace trebol
