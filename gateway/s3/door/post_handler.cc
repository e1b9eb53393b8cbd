#include "gateway/s3/door/post_handler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "gateway/s3/access/canned_acl.h"
#include "gateway/s3/auth/key_source.h"
#include "gateway/s3/auth/post_policy.h"
#include "gateway/s3/codec/form_data.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/object_xml.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/door/s3_body.h"
#include "gateway/s3/door/write_handlers.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// The file of a form, as operations read it.
class FormFile final : public BodyReader {
 public:
  FormFile(std::shared_ptr<HttpExchange> exchange, std::string boundary)
      : exchange_(std::move(exchange)), parser_(std::move(boundary)) {}

  const FormFields& fields() const { return parser_.fields(); }
  void Limit(SizeRange size) { size_ = size; }

  /// Up to where the file begins.
  Task<void> ReadFields() {
    while (!parser_.file_began()) CO_RETURN_IF_ERROR(co_await ReadMore());
    co_return absl::OkStatus();
  }

  Task<Bytes> Next() override {
    while (begun_.empty() && !ended_) CO_RETURN_IF_ERROR(co_await ReadMore());
    size_so_far_ += begun_.size();
    if (size_so_far_ > size_.max || begun_.empty()) {
      CO_RETURN_IF_ERROR(CheckSize(size_, size_so_far_));
    }
    co_return std::exchange(begun_, Bytes());
  }
  v1::PutObjectRequest::Trailer trailer() const override { return {}; }

 private:
  Task<void> ReadMore() {
    CO_ASSIGN_OR_RETURN(Bytes piece, co_await ReadSent(exchange_));
    if (piece.empty()) {
      ended_ = true;
      co_return parser_.Finish();
    }
    CO_ASSIGN_OR_RETURN(Bytes file, parser_.Feed(std::move(piece)));
    begun_.Append(std::move(file));
    co_return absl::OkStatus();
  }

  const std::shared_ptr<HttpExchange> exchange_;
  FormDataParser parser_;
  SizeRange size_;
  Bytes begun_;  // bytes of the file that were read and not given
  bool ended_ = false;
  uint64_t size_so_far_ = 0;
};

PostForm FormOf(const std::string& bucket, const FormFields& fields) {
  PostForm form{.bucket = bucket, .fields = {}};
  for (const auto& [name, value] : fields.fields) {
    form.fields.emplace_back(name, fields.Substituted(name));
  }
  return form;
}

/// The fields as the headers of a PUT that does the same.
RequestHead HeadOf(const FormFields& fields) {
  RequestHead head;
  for (const auto& [name, value] : fields.fields) {
    const bool signature = absl::StartsWith(name, "x-amz-sig") || name == "x-amz-credential" ||
                           name == "x-amz-algorithm" || name == "x-amz-date";
    if (signature) continue;
    head.headers.emplace_back(name == "acl" ? "x-amz-acl" : name, fields.Substituted(name));
  }
  return head;
}

absl::StatusOr<UploadHeaders> UploadOf(const FormFields& fields) {
  ASSIGN_OR_RETURN(UploadHeaders upload, ReadUploadHeaders(HeadOf(fields)));
  const absl::string_view tagging = fields.Get("tagging");
  if (!tagging.empty()) {
    ASSIGN_OR_RETURN(*upload.header.mutable_tags(), ReadTagging(tagging));
  }
  return upload;
}

/// A page of its own is where the form says; else the status that it asks for.
HttpAnswer AnswerOf(const S3Request& request, const FormFields& fields,
                    const v1::ObjectInfo& info) {
  const std::string location = absl::StrCat(
      request.Location(), request.target.key.empty() ? "" : "/", UrlEncodedKey(info.key()));
  HttpHeaders headers = WriteResponseHeaders(info);
  std::string redirect = fields.Substituted("success_action_redirect");
  if (redirect.empty()) redirect = fields.Substituted("redirect");
  // The object is stored: what is no URL, such as one with a line break, cannot undo that.
  const bool is_url =
      (absl::StartsWith(redirect, "http://") || absl::StartsWith(redirect, "https://")) &&
      std::all_of(redirect.begin(), redirect.end(),
                  [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
  if (is_url) {
    absl::StrAppend(&redirect, absl::StrContains(redirect, '?') ? "&" : "?",
                    "bucket=", UrlEncodedKey(info.bucket()), "&key=", UrlEncodedKey(info.key()),
                    "&etag=%22", UrlEncodedKey(info.etag()), "%22");
    headers.emplace_back("Location", redirect);
    return EmptyAnswer(303, std::move(headers));
  }
  headers.emplace_back("Location", location);
  const absl::string_view status = fields.Get("success_action_status");
  if (status == "201") {
    HttpAnswer answer = XmlAnswer(PostResponseXml(location, info), 201);
    answer.headers.insert(answer.headers.end(), headers.begin(), headers.end());
    return answer;
  }
  return EmptyAnswer(status == "200" ? 200 : 204, std::move(headers));
}

}  // namespace

Task<void> ServePostObject(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(std::string boundary, FormBoundary(request->head().Header("content-type")));
  const auto file = std::make_shared<FormFile>(request->exchange, std::move(boundary));
  CO_RETURN_IF_ERROR(co_await file->ReadFields());
  const FormFields& fields = file->fields();
  const std::string key = fields.Substituted("key");
  if (key.empty()) {
    co_return S3Only(400, "InvalidArgument",
                     "bucket POST must contain a field named 'key'; if it is specified, please "
                     "check the order of the fields");
  }
  if (key.size() > kMaxKeySize) {
    co_return S3Only(400, "KeyTooLongError", "your key is too long");
  }
  CO_ASSIGN_OR_RETURN(const PostPermit permit,
                      co_await AuthenticatePost(
                          request->context, FormOf(request->target.bucket, fields), request->now,
                          request->services->auth, request->services->credentials.get()));
  CO_ASSIGN_OR_RETURN(const v1::BucketRow bucket, co_await request->services->buckets->FindAllowed(
                                                      request->context, CallerOf(permit.signer),
                                                      request->target.bucket, Action::kWrite));
  CO_ASSIGN_OR_RETURN(UploadHeaders upload, UploadOf(fields));
  if (!upload.canned_acl.empty()) {
    CO_RETURN_IF_ERROR(CheckObjectCannedAcl(upload.canned_acl, bucket.anonymous()));
  }
  file->Limit(permit.size);
  upload.header.set_bucket(request->target.bucket);
  upload.header.set_key(key);
  CO_ASSIGN_OR_RETURN(
      const v1::ObjectInfo info,
      co_await request->operations().put->Run(request->context, std::move(upload.header), file,
                                              request->services->EtagOf(upload.content_md5)));
  co_return co_await request->Send(AnswerOf(*request, fields, info));
}

}  // namespace trebol
