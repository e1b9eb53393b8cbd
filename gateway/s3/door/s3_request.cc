#include "gateway/s3/door/s3_request.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/checksum/hasher.h"
#include "common/object/access_names.h"
#include "gateway/object/bucket_claims.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/door/s3_body.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// A checksum that is computed while a document is read, and what it has to be.
struct Expected {
  v1::Checksum::Algorithm algorithm;
  std::string value;
  Hasher hasher;
};

std::vector<Expected> ExpectedOf(const UploadHeaders& said) {
  std::vector<Expected> all;
  if (said.content_md5.has_value()) {
    all.push_back({v1::Checksum::MD5, *said.content_md5, Hasher(v1::Checksum::MD5)});
  }
  for (const v1::Checksum& each : said.header.checksums()) {
    all.push_back({each.algorithm(), each.value(), Hasher(each.algorithm())});
  }
  return all;
}

absl::Status Compare(std::vector<Expected>* all, const v1::PutObjectRequest::Trailer& trailer) {
  for (Expected& each : *all) {
    for (const v1::Checksum& late : trailer.checksums()) {
      if (late.algorithm() == each.algorithm) each.value = late.value();
    }
    if (each.value.empty() || each.hasher.Finish() == each.value) continue;
    return MakeError(absl::StatusCode::kInvalidArgument, v1::CHECKSUM_MISMATCH,
                     absl::StrCat("the ", ChecksumName(each.algorithm),
                                  " you specified did not match what we received"));
  }
  return absl::OkStatus();
}

Task<std::string> ReadAll(S3RequestPtr request, size_t most, std::vector<Expected> expected) {
  CO_ASSIGN_OR_RETURN(const std::shared_ptr<S3Body> body,
                      S3Body::Create(request->exchange, request->payload));
  const absl::Status too_long =
      S3Only(400, "MaxMessageLengthExceeded",
             absl::StrCat("your request was too big: its body may have ", most, " bytes at most"));
  if (body->length().value_or(0) > most) co_return too_long;
  std::string document;
  while (true) {
    CO_ASSIGN_OR_RETURN(const Bytes piece, co_await body->Next());
    if (piece.empty()) break;
    if (document.size() + piece.size() > most) co_return too_long;
    document.append(std::string(piece));
    for (Expected& each : expected) each.hasher.Update(piece);
  }
  CO_RETURN_IF_ERROR(Compare(&expected, body->trailer()));
  co_return document;
}

}  // namespace

std::optional<Md5Etag> S3Services::EtagOf(const std::optional<std::string>& content_md5) const {
  if (!md5_etags && !content_md5.has_value()) return std::nullopt;
  return Md5Etag{content_md5.value_or("")};
}

std::string S3Request::Location() const {
  std::string base = services->external_url;
  if (base.empty()) {
    base = absl::StrCat(exchange->secure() ? "https://" : "http://", head().Header("host"));
  }
  if (!target.virtual_hosted) absl::StrAppend(&base, "/", target.bucket);
  return absl::StrCat(base, "/", UrlEncodedKey(target.key));
}

Task<void> S3Request::Send(HttpAnswer answer) const {
  answer.headers.insert(answer.headers.end(), headers.begin(), headers.end());
  return exchange->Send(std::move(answer));
}

Task<void> S3Request::Begin(HttpAnswer head, std::optional<uint64_t> length) const {
  head.headers.insert(head.headers.end(), headers.begin(), headers.end());
  return exchange->Begin(std::move(head), length);
}

HttpAnswer XmlAnswer(std::string xml, int status) {
  return {
      .status = status, .headers = {{"Content-Type", "application/xml"}}, .body = std::move(xml)};
}

HttpAnswer EmptyAnswer(int status, HttpHeaders headers) {
  return {.status = status, .headers = std::move(headers), .body = ""};
}

absl::StatusOr<uint32_t> NumberOf(const S3Request& request, absl::string_view parameter,
                                  uint32_t otherwise, uint32_t most) {
  const absl::string_view text = request.target.query.Get(parameter);
  if (text.empty()) return otherwise;
  int32_t number = 0;
  if (!absl::c_all_of(text, absl::ascii_isdigit) || !absl::SimpleAtoi(text, &number)) {
    return S3Only(400, "InvalidArgument",
                  absl::StrCat("'", absl::CHexEscape(text.substr(0, 100)), "' for ", parameter,
                               " is not an integer of 0 to 2147483647"));
  }
  return std::min(static_cast<uint32_t>(number), most);
}

absl::StatusOr<bool> IsUrlEncoded(const S3Request& request) {
  const absl::string_view text = request.target.query.Get("encoding-type");
  if (text.empty()) return false;
  if (text == "url") return true;
  return S3Only(400, "InvalidArgument", "encoding-type is not url, the only one that there is");
}

Task<std::string> ReadDocument(S3RequestPtr request, size_t most) {
  CO_ASSIGN_OR_RETURN(const UploadHeaders said, ReadUploadHeaders(request->head()));
  co_return co_await ReadAll(std::move(request), most, ExpectedOf(said));
}

Task<std::string> ReadDocumentAlone(S3RequestPtr request, size_t most) {
  return ReadAll(std::move(request), most, {});
}

absl::Status CheckExpectedOwner(const S3Request& request, absl::string_view header,
                                const v1::BucketRow& bucket) {
  const absl::string_view expected = request.head().Header(header);
  if (expected.empty()) return absl::OkStatus();
  if (expected == OwnerOf(bucket)) {
    request.context->claims->ExpectOwner(bucket.name(), std::string(expected));
    return absl::OkStatus();
  }
  return S3Only(403, "AccessDenied",
                absl::StrCat("the bucket ", bucket.name(), " is not one of '",
                             absl::CHexEscape(expected.substr(0, 100)), "', as ", header,
                             " says; owners are named by their user"));
}

XmlOwner BucketOwner(const S3Request& request) {
  std::string owner(OwnerOf(request.bucket));
  if (owner == request.caller.user) return CallerAsOwner(request);
  return OwnerNamed(std::move(owner));
}

XmlOwner CallerAsOwner(const S3Request& request) {
  XmlOwner owner = OwnerNamed(request.caller.user);
  if (!request.caller.display_name.empty()) owner.display_name = request.caller.display_name;
  return owner;
}

}  // namespace trebol
