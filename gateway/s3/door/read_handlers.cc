#include "gateway/s3/door/read_handlers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/bucket_xml.h"
#include "gateway/s3/codec/byte_range.h"
#include "gateway/s3/codec/http_dates.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/preconditions_header.h"
#include "gateway/s3/door/acl_handlers.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// What a read asks for, without the version, which may still be the latest.
struct Question {
  v1::GetObjectRequest get;
  bool partial = false;  // answered by 206
  bool of_part = false;
  v1::PartInfo part;  // that was asked for, of an object that was uploaded in parts
};

v1::HeadObjectRequest HeadRequestOf(const S3Request& request) {
  v1::HeadObjectRequest head;
  head.set_bucket(request.target.bucket);
  head.set_key(request.target.key);
  head.set_version(request.version());
  return head;
}

/// If-Range (RFC 9110, section 13.1.5): whether the object is still the one of which the client has
/// the beginning. If it is, that version is read.
Task<bool> IsUnchanged(S3RequestPtr request, std::shared_ptr<Question> question) {
  const absl::string_view validator = request->head().Header("if-range");
  if (validator.empty()) co_return true;
  v1::HeadObjectRequest head = HeadRequestOf(*request);
  *head.mutable_preconditions() = question->get.preconditions();
  CO_ASSIGN_OR_RETURN(const v1::ObjectInfo info,
                      co_await request->operations().get->Head(request->context, head));
  const bool is_date = ParseHttpDate(validator, request->now).has_value();
  const std::string has =
      is_date ? HttpDate(ToTime(info.last_modified())) : absl::StrCat("\"", info.etag(), "\"");
  if (validator == has) question->get.set_version(info.version());
  co_return validator == has;
}

/// A version that was found before the read and is replaced by now: ask again.
bool WasReplaced(const S3Request& request, const absl::Status& status) {
  return ReasonOf(status) == v1::VERSION_NOT_FOUND && request.version().empty();
}
constexpr int kMostAsked = 5;

/// Of a part, from which byte of the object to which.
Task<void> AskForPart(S3RequestPtr request, std::shared_ptr<Question> question) {
  CO_ASSIGN_OR_RETURN(const uint32_t number,
                      ParsePartNumber(request->target.query.Get("partNumber")));
  v1::HeadObjectRequest head = HeadRequestOf(*request);
  *head.mutable_preconditions() = question->get.preconditions();
  CO_ASSIGN_OR_RETURN(const auto part,
                      co_await request->operations().get->FindPart(request->context, head, number));
  if (!part.has_value()) {
    co_return S3Only(400, "InvalidPart",
                     absl::StrCat("the object has no part ", number, "; take one that it has"));
  }
  question->of_part = true;
  question->part = part->part;
  question->get.set_version(part->object.version());
  question->partial = part->object.size() > 0;
  if (question->partial) *question->get.mutable_range() = part->range;
  co_return absl::OkStatus();
}

Task<std::shared_ptr<Question>> ReadQuestion(S3RequestPtr request) {
  auto question = std::make_shared<Question>();
  v1::GetObjectRequest& get = question->get;
  get.set_bucket(request->target.bucket);
  get.set_key(request->target.key);
  get.set_version(request->version());
  CO_ASSIGN_OR_RETURN(*get.mutable_preconditions(),
                      ReadPreconditions(request->head(), request->now));
  const RequestedRange range = ParseRange(request->head().Header("range"));
  const bool ranged = range.range.has_value() || range.suffix_length.has_value();
  if (!request->target.query.Get("partNumber").empty()) {
    if (ranged) {
      co_return S3Only(400, "InvalidRequest", "Range and partNumber cannot both be specified");
    }
    CO_RETURN_IF_ERROR(co_await AskForPart(request, question));
    co_return question;
  }
  if (ranged) {
    CO_ASSIGN_OR_RETURN(const bool unchanged, co_await IsUnchanged(request, question));
    if (!unchanged) co_return question;
  }
  question->partial = ranged;
  if (range.range.has_value()) *get.mutable_range() = *range.range;
  if (range.suffix_length.has_value()) get.set_suffix_length(*range.suffix_length);
  co_return question;
}

absl::StatusOr<HttpAnswer> HeadOf(const S3Request& request, const Question& question,
                                  const v1::ObjectInfo& info, const v1::ByteRange& range) {
  if (question.partial && info.size() == 0) {
    return MakeError(absl::StatusCode::kOutOfRange, v1::INVALID_RANGE,
                     "the requested range is not satisfiable: the object is empty", "0");
  }
  HttpAnswer answer{.status = question.partial ? 206 : 200, .headers = {}, .body = ""};
  ObjectAnswer shape{.versioned = request.versioned() || !info.null_version(),
                     .parts_count = question.of_part};
  if (question.partial) shape.range = range;
  const bool checksums = request.head().Header("x-amz-checksum-mode") == "ENABLED";
  // Of all the bytes, also where they are those of the only part; else of the part.
  shape.checksums = checksums && range.length() == info.size();
  answer.headers = ObjectResponseHeaders(info, shape);
  if (checksums && !shape.checksums) {
    for (auto& header : PartChecksumHeaders(question.part)) {
      answer.headers.push_back(std::move(header));
    }
  }
  RETURN_IF_ERROR(
      OverrideResponseHeaders(request.target.query, request.is_signed(), &answer.headers));
  return answer;
}

/// Where the bytes of an object go: into the answer, which begins with the first of them.
class ObjectAnswerWriter final : public BodyWriter {
 public:
  ObjectAnswerWriter(S3RequestPtr request, std::shared_ptr<Question> question)
      : request_(std::move(request)), question_(std::move(question)) {}

  void Begin(const v1::ObjectInfo& info, const v1::ByteRange& range) override {
    head_ = HeadOf(*request_, *question_, info, range);
    length_ = range.length();
  }
  Task<void> Write(Bytes data) override {
    CO_RETURN_IF_ERROR(co_await Start());
    co_return co_await request_->exchange->Write(std::move(data));
  }
  /// When all was written.
  Task<void> Finish() {
    CO_RETURN_IF_ERROR(co_await Start());
    co_return co_await request_->exchange->Finish();
  }

 private:
  Task<void> Start() {
    if (begun_) co_return absl::OkStatus();
    begun_ = true;
    CO_RETURN_IF_ERROR(head_.status());
    co_return co_await request_->Begin(*std::move(head_), length_);
  }

  const S3RequestPtr request_;
  const std::shared_ptr<Question> question_;
  absl::StatusOr<HttpAnswer> head_ = absl::InternalError("no object was found");
  uint64_t length_ = 0;
  bool begun_ = false;
};

HttpHeaders VersionHeader(const S3Request& request, const v1::ObjectInfo& info) {
  if (!request.versioned() && info.null_version()) return {};
  return {{"x-amz-version-id", info.null_version() ? "null" : info.version()}};
}

/// The latest of the key, if that is a delete marker.
Task<std::optional<v1::ObjectInfo>> FindDeleteMarker(S3RequestPtr request) {
  v1::ListObjectVersionsRequest list;
  list.set_bucket(request->target.bucket);
  list.set_prefix(request->target.key);
  list.set_page_size(1);
  CO_ASSIGN_OR_RETURN(const v1::ListObjectVersionsResponse page,
                      co_await request->operations().versions->Run(request->context, list));
  if (page.versions().empty()) co_return std::nullopt;
  const v1::ObjectInfo& first = page.versions(0);
  if (first.key() != request->target.key || !first.delete_marker()) co_return std::nullopt;
  co_return first;
}

}  // namespace

Task<void> ServeGetObject(S3RequestPtr request) {
  absl::Status status;
  for (int asked = 0; asked < kMostAsked; ++asked) {
    CO_ASSIGN_OR_RETURN(const std::shared_ptr<Question> question, co_await ReadQuestion(request));
    const auto writer = std::make_shared<ObjectAnswerWriter>(request, question);
    status = co_await request->operations().get->Run(request->context, question->get, writer);
    if (status.ok()) co_return co_await writer->Finish();
    if (!WasReplaced(*request, status)) break;
  }
  co_return status;
}

Task<void> ServeHeadObject(S3RequestPtr request) {
  absl::Status status;
  for (int asked = 0; asked < kMostAsked; ++asked) {
    CO_ASSIGN_OR_RETURN(const std::shared_ptr<Question> question, co_await ReadQuestion(request));
    v1::HeadObjectRequest head = HeadRequestOf(*request);
    head.set_version(question->get.version());
    *head.mutable_preconditions() = question->get.preconditions();
    const auto info = co_await request->operations().get->Head(request->context, head);
    status = info.status();
    if (WasReplaced(*request, status)) continue;
    CO_RETURN_IF_ERROR(status);
    CO_ASSIGN_OR_RETURN(const v1::ByteRange range, ResolveRange(question->get, info->size()));
    CO_ASSIGN_OR_RETURN(HttpAnswer answer, HeadOf(*request, *question, *info, range));
    CO_RETURN_IF_ERROR(co_await request->Begin(std::move(answer), range.length()));
    co_return co_await request->exchange->Finish();
  }
  co_return status;
}

Task<void> ServeGetObjectAttributes(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const WantedAttributes wanted,
                      ParseWantedAttributes(request->head().Header("x-amz-object-attributes")));
  AttributeParts parts;
  const absl::string_view most = request->head().Header("x-amz-max-parts");
  const absl::string_view marker = request->head().Header("x-amz-part-number-marker");
  if ((!most.empty() && !absl::SimpleAtoi(most, &parts.max_parts)) ||
      (!marker.empty() && !absl::SimpleAtoi(marker, &parts.marker))) {
    co_return S3Only(400, "InvalidArgument",
                     "x-amz-max-parts and x-amz-part-number-marker are numbers");
  }
  parts.max_parts = std::min<uint32_t>(parts.max_parts, 1000);
  CO_ASSIGN_OR_RETURN(const auto found, co_await request->operations().get->Parts(
                                            request->context, HeadRequestOf(*request), parts.marker,
                                            parts.max_parts));
  parts.total = found.object.parts();
  parts.truncated = found.more;
  // As S3 has it: parts are told one by one where they have checksums.
  for (const v1::PartInfo& part : found.parts) {
    if (!part.checksums().empty()) parts.parts.push_back(part);
  }
  if (!found.parts.empty()) parts.next_marker = found.parts.back().part_number();
  HttpAnswer answer = XmlAnswer(ObjectAttributesXml(found.object, wanted, parts));
  answer.headers.emplace_back("Last-Modified", HttpDate(ToTime(found.object.last_modified())));
  for (auto& header : VersionHeader(*request, found.object)) {
    answer.headers.push_back(std::move(header));
  }
  co_return co_await request->Send(std::move(answer));
}

Task<void> ServeGetObjectTagging(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const v1::ObjectInfo info, co_await request->operations().get->Head(
                                                     request->context, HeadRequestOf(*request)));
  HttpAnswer answer = XmlAnswer(TaggingXml(info.tags()));
  for (auto& header : VersionHeader(*request, info)) answer.headers.push_back(std::move(header));
  co_return co_await request->Send(std::move(answer));
}

Task<void> ServeGetObjectAcl(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(const v1::ObjectInfo info, co_await request->operations().get->Head(
                                                     request->context, HeadRequestOf(*request)));
  HttpAnswer answer = XmlAnswer(AccessControlPolicyXml(ObjectAclOf(*request)));
  for (auto& header : VersionHeader(*request, info)) answer.headers.push_back(std::move(header));
  co_return co_await request->Send(std::move(answer));
}

Task<HttpHeaders> HeadersOfFailedRead(S3RequestPtr request, absl::Status status) {
  HttpHeaders headers;
  switch (ReasonOf(status)) {
    case v1::NOT_MODIFIED: {
      const auto info =
          co_await request->operations().get->Head(request->context, HeadRequestOf(*request));
      if (!info.ok()) break;
      headers.emplace_back("ETag", absl::StrCat("\"", info->etag(), "\""));
      headers.emplace_back("Last-Modified", HttpDate(ToTime(info->last_modified())));
      break;
    }
    case v1::IS_DELETE_MARKER:
      headers = DeleteResponseHeaders(true, request->version());
      headers.emplace_back("Allow", "DELETE");
      if (int64_t made = 0; absl::SimpleAtoi(AttachmentOf(status), &made)) {
        headers.emplace_back("Last-Modified", HttpDate(absl::FromUnixMicros(made)));
      }
      break;
    case v1::OBJECT_NOT_FOUND: {
      if (!request->versioned()) break;
      const auto marker = co_await FindDeleteMarker(request);
      if (!marker.ok() || !marker->has_value()) break;
      headers =
          DeleteResponseHeaders(true, (*marker)->null_version() ? "null" : (*marker)->version());
      break;
    }
    default:
      break;
  }
  co_return headers;
}

}  // namespace trebol
