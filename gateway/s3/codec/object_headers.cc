#include "gateway/s3/codec/object_headers.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/checksum_names.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/codec/strict_base64.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kMetadata = "x-amz-meta-";
constexpr char kDefaultContentType[] = "binary/octet-stream";  // S3's
constexpr absl::string_view kChecksum = "x-amz-checksum-";

constexpr absl::string_view kCannedAcls[] = {
    "private",       "public-read",       "public-read-write",         "authenticated-read",
    "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"};

// The beginnings of headers that would give an object a property that it cannot have.
constexpr absl::string_view kUnsupported[] = {"x-amz-server-side-encryption",
                                              "x-amz-copy-source-server-side-encryption",
                                              "x-amz-object-lock-",
                                              "x-amz-website-redirect-location",
                                              "x-amz-grant-",
                                              "x-amz-if-match-",
                                              "x-amz-write-offset-bytes"};

std::string Shown(absl::string_view text) {
  return absl::StrCat("'", absl::CHexEscape(text.substr(0, 100)), "'");
}

absl::Status CheckText(absl::string_view name, absl::string_view value) {
  if (IsValidUtf8(value)) return absl::OkStatus();
  return S3Only(400, "InvalidArgument",
                absl::StrCat("the header ", name, " ", Shown(value), " is not UTF-8"));
}

absl::StatusOr<std::string> TextHeader(const RequestHead& head, absl::string_view name) {
  const absl::string_view value = head.Header(name);
  RETURN_IF_ERROR(CheckText(name, value));
  return std::string(value);
}

absl::Status ReadMetadata(const RequestHead& head, v1::PutObjectRequest::Header* header) {
  auto& metadata = *header->mutable_user_metadata();
  for (const auto& [key, value] : head.headers) {
    absl::string_view name = key;
    if (!absl::ConsumePrefix(&name, kMetadata)) continue;
    RETURN_IF_ERROR(CheckText(key, value));
    if (name.empty()) return S3Only(400, "InvalidArgument", "x-amz-meta- has no name behind it");
    std::string& kept = metadata[std::string(name)];
    kept = kept.empty() ? value : absl::StrCat(kept, ",", value);  // as HTTP joins them
  }
  return absl::OkStatus();
}

absl::Status ReadContentEncoding(const RequestHead& head, UploadHeaders* upload) {
  std::vector<absl::string_view> kept;
  for (const auto& [key, value] : head.headers) {
    if (key != "content-encoding") continue;
    RETURN_IF_ERROR(CheckText(key, value));
    for (const absl::string_view each : absl::StrSplit(value, ',')) {
      const absl::string_view coding = absl::StripAsciiWhitespace(each);
      if (absl::EqualsIgnoreCase(coding, "aws-chunked")) {
        upload->aws_chunked = true;
      } else if (!coding.empty()) {
        kept.push_back(coding);
      }
    }
  }
  if (kept.empty()) return absl::OkStatus();
  // As it was said, where nothing was taken out of it.
  const bool verbatim = !upload->aws_chunked && head.Count("content-encoding") == 1;
  upload->header.mutable_headers()->set_content_encoding(
      verbatim ? std::string(head.Header("content-encoding")) : absl::StrJoin(kept, ","));
  return absl::OkStatus();
}

absl::Status ReadStandardHeaders(const RequestHead& head, UploadHeaders* upload) {
  v1::PutObjectRequest::Header& header = upload->header;
  ASSIGN_OR_RETURN(*header.mutable_content_type(), TextHeader(head, "content-type"));
  if (header.content_type().empty()) header.set_content_type(kDefaultContentType);
  v1::ResponseHeaders headers;
  ASSIGN_OR_RETURN(*headers.mutable_cache_control(), TextHeader(head, "cache-control"));
  ASSIGN_OR_RETURN(*headers.mutable_content_disposition(), TextHeader(head, "content-disposition"));
  ASSIGN_OR_RETURN(*headers.mutable_content_language(), TextHeader(head, "content-language"));
  ASSIGN_OR_RETURN(*headers.mutable_expires(), TextHeader(head, "expires"));
  if (headers.ByteSizeLong() > 0) *header.mutable_headers() = std::move(headers);
  RETURN_IF_ERROR(ReadContentEncoding(head, upload));
  if (head.Count("content-md5") > 0) {
    const auto md5 = DecodeBase64(head.Header("content-md5"));
    if (!md5.has_value() || md5->size() != 16) {
      return S3Only(
          400, "InvalidDigest",
          absl::StrCat("the Content-MD5 you specified, ", Shown(head.Header("content-md5")),
                       ", was invalid; it is the base64 of 16 bytes"));
    }
    upload->content_md5 = *md5;
  }
  return absl::OkStatus();
}

absl::Status ReadTrailerNames(const RequestHead& head, UploadHeaders* upload) {
  for (const auto& [key, value] : head.headers) {
    if (key != "x-amz-trailer") continue;
    for (const absl::string_view each : absl::StrSplit(value, ',')) {
      const std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(each));
      absl::string_view algorithm = name;
      const auto parsed = absl::ConsumePrefix(&algorithm, kChecksum)
                              ? ParseChecksumAlgorithm(algorithm)
                              : absl::InvalidArgumentError("");
      if (!parsed.ok()) {
        return S3Only(400, "InvalidRequest",
                      absl::StrCat("the value ", Shown(name),
                                   " in x-amz-trailer is invalid; one of "
                                   "the x-amz-checksum- headers is wanted"));
      }
      upload->header.add_checksums()->set_algorithm(*parsed);
      upload->trailer_names.push_back(name);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckChecksumNames(const RequestHead& head) {
  for (const auto& [key, value] : head.headers) {
    absl::string_view name = key;
    if (!absl::ConsumePrefix(&name, kChecksum)) continue;
    if (name == "algorithm" || name == "type" || name == "mode") continue;
    if (ParseChecksumAlgorithm(name).ok()) continue;
    return S3Only(
        400, "InvalidRequest",
        absl::StrCat("the algorithm type you specified in the header ", Shown(key), " is invalid"));
  }
  return absl::OkStatus();
}

absl::Status ReadChecksums(const RequestHead& head, UploadHeaders* upload) {
  RETURN_IF_ERROR(CheckChecksumNames(head));
  for (const ChecksumNames& names : AllChecksumNames()) {
    if (head.Count(names.header) == 0) continue;
    ASSIGN_OR_RETURN(*upload->header.add_checksums(),
                     ParseChecksum(names.algorithm, head.Header(names.header)));
  }
  RETURN_IF_ERROR(ReadTrailerNames(head, upload));
  if (upload->header.checksums_size() > 1) {
    return S3Only(400, "InvalidRequest",
                  "expecting a single x-amz-checksum- header or trailer; multiple checksum types "
                  "are not allowed");
  }
  if (head.Count("x-amz-checksum-algorithm") > 0) {
    ASSIGN_OR_RETURN(upload->checksum_algorithm,
                     ParseChecksumAlgorithm(head.Header("x-amz-checksum-algorithm")));
  }
  if (head.Count("x-amz-checksum-type") > 0) {
    const absl::string_view type = head.Header("x-amz-checksum-type");
    const bool full = absl::EqualsIgnoreCase(type, "FULL_OBJECT");
    if (!full && !absl::EqualsIgnoreCase(type, "COMPOSITE")) {
      return S3Only(400, "InvalidRequest",
                    absl::StrCat("x-amz-checksum-type ", Shown(type),
                                 " is neither FULL_OBJECT nor COMPOSITE"));
    }
    upload->checksum_type = full ? ChecksumType::kFullObject : ChecksumType::kComposite;
  }
  if (head.Count("x-amz-sdk-checksum-algorithm") == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto said,
                   ParseChecksumAlgorithm(head.Header("x-amz-sdk-checksum-algorithm")));
  const auto& checksums = upload->header.checksums();
  if (checksums.empty()) {
    return S3Only(
        400, "InvalidRequest",
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
        "x-amz-trailer headers were found");
  }
  if (checksums.Get(0).algorithm() != said) {
    return S3Only(400, "InvalidRequest",
                  "x-amz-sdk-checksum-algorithm names another algorithm than the checksum that "
                  "was sent");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseUnsupportedHeaders(const RequestHead& head) {
  for (const auto& [key, value] : head.headers) {
    for (const absl::string_view prefix : kUnsupported) {
      if (!absl::StartsWith(key, prefix)) continue;
      return S3Only(501, "NotImplemented",
                    absl::StrCat("a header you provided implies functionality that is not "
                                 "implemented: ",
                                 key, "; leave it out"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<UploadHeaders> ReadUploadHeaders(const RequestHead& head) {
  RETURN_IF_ERROR(RefuseUnsupportedHeaders(head));
  UploadHeaders upload;
  RETURN_IF_ERROR(ReadStandardHeaders(head, &upload));
  RETURN_IF_ERROR(ReadMetadata(head, &upload.header));
  RETURN_IF_ERROR(ReadChecksums(head, &upload));
  ASSIGN_OR_RETURN(*upload.header.mutable_tags(), ParseTaggingHeader(head.Header("x-amz-tagging")));
  const absl::string_view storage_class = head.Header("x-amz-storage-class");
  if (!storage_class.empty() && storage_class != "STANDARD") {
    return S3Only(400, "InvalidStorageClass",
                  absl::StrCat("the storage class you specified, ", Shown(storage_class),
                               ", is not valid; there is only STANDARD"));
  }
  const absl::string_view acl = head.Header("x-amz-acl");
  if (!acl.empty() &&
      std::find(std::begin(kCannedAcls), std::end(kCannedAcls), acl) == std::end(kCannedAcls)) {
    return S3Only(400, "InvalidArgument",
                  absl::StrCat("x-amz-acl ", Shown(acl), " is no canned ACL"));
  }
  upload.canned_acl = std::string(acl);
  return upload;
}

absl::Status CheckTag(absl::string_view key, absl::string_view value) {
  if (absl::StartsWithIgnoreCase(key, "aws:")) {
    return S3Only(400, "InvalidTag",
                  absl::StrCat("the tag key ", Shown(key), " begins with aws:, which is reserved"));
  }
  // S3: letters, numbers and spaces of any script, and these.
  const auto allowed = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || absl::ascii_isalnum(byte) || absl::StrContains(" +-=._:/@", c);
  };
  for (const absl::string_view text : {key, value}) {
    if (absl::c_all_of(text, allowed)) continue;
    return S3Only(400, "InvalidTag",
                  absl::StrCat("the tag ", Shown(text),
                               " has other characters than letters, digits, spaces and +-=._:/@"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Tags> ParseTaggingHeader(absl::string_view text) {
  Tags tags;
  for (const absl::string_view pair : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const size_t equals = std::min(pair.find('='), pair.size());
    const auto key = PercentDecode(pair.substr(0, equals), Plus::kBlank);
    const auto value = PercentDecode(pair.substr(std::min(equals + 1, pair.size())), Plus::kBlank);
    const bool good =
        key.ok() && value.ok() && !key->empty() && IsValidUtf8(*key) && IsValidUtf8(*value);
    if (!good) {
      return S3Only(400, "InvalidArgument",
                    absl::StrCat("tags ", Shown(text),
                                 " shall be encoded as UTF-8 and then as "
                                 "parameters of an URL, name=value&name=value"));
    }
    RETURN_IF_ERROR(CheckTag(*key, *value));
    if (absl::c_any_of(tags, [&](const v1::Tag& tag) { return tag.key() == *key; })) {
      return S3Only(400, "InvalidArgument", absl::StrCat("the tag ", Shown(*key), " comes twice"));
    }
    v1::Tag* const tag = tags.Add();
    tag->set_key(*key);
    tag->set_value(*value);
  }
  return tags;
}

absl::StatusOr<v1::PutObjectRequest::Trailer> ReadChecksumTrailer(
    const std::vector<std::pair<std::string, std::string>>& trailer) {
  v1::PutObjectRequest::Trailer message;
  for (const auto& [key, value] : trailer) {
    for (const ChecksumNames& names : AllChecksumNames()) {
      if (key != names.header) continue;
      ASSIGN_OR_RETURN(*message.add_checksums(), ParseChecksum(names.algorithm, value));
    }
  }
  return message;
}

}  // namespace trebol
