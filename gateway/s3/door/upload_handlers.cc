#include "gateway/s3/door/upload_handlers.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "gateway/s3/access/canned_acl.h"
#include "gateway/s3/codec/byte_range.h"
#include "gateway/s3/codec/checksum_names.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/object_xml.h"
#include "gateway/s3/codec/preconditions_header.h"
#include "gateway/s3/codec/upload_answers.h"
#include "gateway/s3/door/part_copy.h"
#include "gateway/s3/door/write_handlers.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr size_t kMaxCompleteDocument = 8 * kMiB;  // 10,000 parts with five checksums each
// S3's, of every part but the last: clients are told early that what they do works nowhere else.
constexpr uint64_t kMinPartSize = 5 * kMiB;

std::string UploadId(const S3Request& request) {
  return std::string(request.target.query.Get("uploadId"));
}

/// What the parts' checksums make: the whole's checksum, or one of theirs. InvalidRequest for what
/// S3 does not have of the algorithm.
absl::StatusOr<bool> IsComposite(v1::Checksum::Algorithm algorithm, ChecksumType asked) {
  const bool sha = algorithm == v1::Checksum::SHA1 || algorithm == v1::Checksum::SHA256;
  const bool only_full = algorithm == v1::Checksum::CRC64NVME;
  if ((asked == ChecksumType::kFullObject && sha) ||
      (asked == ChecksumType::kComposite && only_full)) {
    return S3Only(400, "InvalidRequest",
                  absl::StrCat("the ", ChecksumTypeName(!sha),
                               " checksum type cannot be used with the algorithm ",
                               NamesOf(algorithm)->name));
  }
  if (asked == ChecksumType::kUnsaid) return !only_full;
  return asked == ChecksumType::kComposite;
}

/// A composite checksum says of how many parts it is: "…=-2".
absl::Status CheckPartsOf(absl::string_view checksum, int parts) {
  const size_t hyphen = checksum.rfind('-');
  if (hyphen == absl::string_view::npos || checksum.substr(hyphen + 1) == absl::StrCat(parts)) {
    return absl::OkStatus();
  }
  return S3Only(400, "InvalidRequest",
                absl::StrCat("a checksum of other than the ", parts, " parts was given"));
}

/// What x-amz-checksum-type says that the upload is; it must be so.
absl::StatusOr<PartRules> RulesOf(const RequestHead& head) {
  PartRules rules{.least_size = kMinPartSize, .kind = {}};
  const absl::string_view type = head.Header("x-amz-checksum-type");
  if (type.empty()) return rules;
  if (type != "COMPOSITE" && type != "FULL_OBJECT") {
    return S3Only(400, "InvalidRequest",
                  "x-amz-checksum-type is neither FULL_OBJECT nor COMPOSITE");
  }
  rules.kind = type == "COMPOSITE" ? PartChecksums::kComposite : PartChecksums::kOfTheWhole;
  return rules;
}

Task<v1::CompleteMultipartUploadRequest> ReadComplete(S3RequestPtr request) {
  const RequestHead& head = request->head();
  CO_RETURN_IF_ERROR(RefuseUnsupportedHeaders(head));
  // x-amz-checksum- headers are of the object here, and not of the document.
  CO_ASSIGN_OR_RETURN(const std::string document,
                      co_await ReadDocumentAlone(request, kMaxCompleteDocument));
  CO_ASSIGN_OR_RETURN(v1::CompleteMultipartUploadRequest complete,
                      ReadCompleteMultipartUpload(document));
  complete.set_bucket(request->target.bucket);
  complete.set_key(request->target.key);
  complete.set_upload_id(UploadId(*request));
  CO_ASSIGN_OR_RETURN(*complete.mutable_preconditions(), WritePreconditions(head));
  const absl::string_view size = head.Header("x-amz-mp-object-size");
  uint64_t bytes = 0;
  if (!size.empty()) {
    if (!absl::SimpleAtoi(size, &bytes)) {
      co_return S3Only(400, "InvalidArgument", "x-amz-mp-object-size is not a number of bytes");
    }
    complete.set_size(bytes);
  }
  for (const ChecksumNames& names : AllChecksumNames()) {
    if (head.Count(names.header) == 0) continue;
    CO_RETURN_IF_ERROR(CheckPartsOf(head.Header(names.header), complete.parts_size()));
    CO_ASSIGN_OR_RETURN(*complete.add_checksums(),
                        ParseChecksum(names.algorithm, head.Header(names.header)));
  }
  co_return complete;
}

}  // namespace

Task<void> ServeCreateMultipartUpload(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(UploadHeaders upload, ReadUploadHeaders(request->head()));
  if (!upload.canned_acl.empty()) {
    CO_RETURN_IF_ERROR(CheckObjectCannedAcl(upload.canned_acl, request->bucket.anonymous()));
  }
  v1::CreateMultipartUploadRequest create;
  create.set_bucket(request->target.bucket);
  create.set_key(request->target.key);
  create.set_content_type(upload.header.content_type());
  *create.mutable_user_metadata() = upload.header.user_metadata();
  if (upload.header.has_headers()) *create.mutable_headers() = upload.header.headers();
  *create.mutable_tags() = upload.header.tags();
  bool composite = false;
  if (upload.checksum_algorithm.has_value()) {
    create.add_checksums(*upload.checksum_algorithm);
    CO_ASSIGN_OR_RETURN(composite, IsComposite(*upload.checksum_algorithm, upload.checksum_type));
  } else if (upload.checksum_type != ChecksumType::kUnsaid) {
    co_return S3Only(400, "InvalidRequest",
                     "x-amz-checksum-type needs x-amz-checksum-algorithm beside it");
  }
  CO_ASSIGN_OR_RETURN(const v1::MultipartUpload created,
                      co_await request->operations().multipart->Create(
                          request->context, create, request->caller.user,
                          composite ? PartChecksums::kComposite : PartChecksums::kOfTheWhole));
  HttpAnswer answer = XmlAnswer(InitiateMultipartUploadXml(created));
  if (upload.checksum_algorithm.has_value()) {
    answer.headers.emplace_back("x-amz-checksum-algorithm",
                                NamesOf(*upload.checksum_algorithm)->name);
    answer.headers.emplace_back("x-amz-checksum-type", ChecksumTypeName(composite));
  }
  co_return co_await request->Send(std::move(answer));
}

Task<void> ServeUploadPart(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(UploadHeaders upload, ReadUploadHeaders(request->head()));
  CO_ASSIGN_OR_RETURN(const uint32_t number,
                      ParsePartNumber(request->target.query.Get("partNumber")));
  CO_ASSIGN_OR_RETURN(IncomingBody body, BodyOf(*request));
  UploadPart::Header header;
  header.set_bucket(request->target.bucket);
  header.set_key(request->target.key);
  header.set_upload_id(UploadId(*request));
  header.set_part_number(number);
  header.set_content_length(body.length);
  *header.mutable_checksums() = upload.header.checksums();
  CO_ASSIGN_OR_RETURN(const v1::PartInfo part,
                      co_await request->operations().part->Run(
                          request->context, std::move(header), std::move(body.reader),
                          request->services->EtagOf(upload.content_md5)));
  co_return co_await request->Send(EmptyAnswer(200, PartResponseHeaders(part)));
}

Task<void> ServeUploadPartCopy(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(RefuseUnsupportedHeaders(request->head()));
  CO_ASSIGN_OR_RETURN(const PartCopied copied, co_await CopyPart(request, UploadId(*request)));
  HttpAnswer answer = XmlAnswer(CopyPartXml(copied.part));
  if (!copied.source_version.empty()) {
    answer.headers.emplace_back("x-amz-copy-source-version-id", copied.source_version);
  }
  co_return co_await request->Send(std::move(answer));
}

Task<void> ServeListParts(S3RequestPtr request) {
  PartsQuestion question;
  CO_ASSIGN_OR_RETURN(question.marker, NumberOf(*request, "part-number-marker", 0, kMaxParts));
  CO_ASSIGN_OR_RETURN(question.max_parts, NumberOf(*request, "max-parts", 1000, 1000));
  CO_ASSIGN_OR_RETURN(question.url_encoded, IsUrlEncoded(*request));
  v1::ListPartsRequest list;
  list.set_bucket(request->target.bucket);
  list.set_key(request->target.key);
  list.set_upload_id(UploadId(*request));
  list.set_start_after(question.marker);
  list.set_page_size(std::max<uint32_t>(question.max_parts, 1));
  CO_ASSIGN_OR_RETURN(v1::ListPartsResponse page,
                      co_await request->operations().uploads->Parts(request->context, list));
  if (question.max_parts == 0) {
    page.clear_parts();
    page.clear_next_start_after();
  }
  co_return co_await request->Send(XmlAnswer(ListPartsXml(page, question, BucketOwner(*request))));
}

Task<void> ServeCompleteMultipartUpload(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const v1::CompleteMultipartUploadRequest complete,
                      co_await ReadComplete(request));
  CO_ASSIGN_OR_RETURN(const PartRules rules, RulesOf(request->head()));
  const absl::StatusOr<v1::ObjectInfo> completed =
      co_await request->operations().multipart->Complete(request->context, complete, rules);
  // Of a body S3 calls it incomplete, but this is what the parts were said to have.
  if (ReasonOf(completed.status()) == v1::BODY_LENGTH_MISMATCH) {
    co_return S3Only(400, "InvalidRequest", std::string(completed.status().message()));
  }
  CO_RETURN_IF_ERROR(completed.status());
  const v1::ObjectInfo& info = *completed;
  HttpAnswer answer = XmlAnswer(CompleteMultipartUploadXml(info, request->Location()));
  AddWrittenVersion(info, &answer.headers);
  co_return co_await request->Send(std::move(answer));
}

Task<void> ServeAbortMultipartUpload(S3RequestPtr request) {
  CO_RETURN_IF_ERROR(RefuseUnsupportedHeaders(request->head()));
  v1::AbortMultipartUploadRequest abort;
  abort.set_bucket(request->target.bucket);
  abort.set_key(request->target.key);
  abort.set_upload_id(UploadId(*request));
  auto aborted = co_await request->operations().multipart->Abort(request->context, abort);
  CO_RETURN_IF_ERROR(aborted.status());
  co_return co_await request->Send(EmptyAnswer(204));
}

}  // namespace trebol
