#include "gateway/s3/codec/response_headers.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gateway/s3/codec/checksum_names.h"
#include "gateway/s3/codec/http_dates.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

struct Override {
  const char* parameter;
  const char* header;
};

constexpr Override kOverrides[] = {{"response-content-type", "Content-Type"},
                                   {"response-content-language", "Content-Language"},
                                   {"response-expires", "Expires"},
                                   {"response-cache-control", "Cache-Control"},
                                   {"response-content-disposition", "Content-Disposition"},
                                   {"response-content-encoding", "Content-Encoding"}};

void AddIf(absl::string_view name, const std::string& value, HttpHeaders* headers) {
  if (!value.empty()) headers->emplace_back(std::string(name), value);
}

void AddChecksums(const v1::ObjectInfo& info, HttpHeaders* headers) {
  for (const v1::Checksum& checksum : info.checksums()) {
    const ChecksumNames* const names = NamesOf(checksum.algorithm());
    if (names == nullptr) continue;
    headers->emplace_back(names->header, ChecksumText(checksum, info.parts()));
    headers->emplace_back("x-amz-checksum-type", ChecksumTypeName(checksum.composite()));
    return;  // S3 knows one an object
  }
}

/// Other doors take names and values that no line of a header can have.
bool FitsHeader(absl::string_view name, absl::string_view value) {
  static constexpr absl::string_view kOfTokens = "!#$%&'*+-.^_`|~";  // RFC 9110, section 5.6.2
  const auto of_token = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(kOfTokens, c);
  };
  const auto control = [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t';
  };
  return std::all_of(name.begin(), name.end(), of_token) &&
         std::none_of(value.begin(), value.end(), control);
}

std::string VersionOf(const v1::ObjectInfo& info) {
  return info.null_version() ? "null" : info.version();
}

}  // namespace

HttpHeaders ObjectResponseHeaders(const v1::ObjectInfo& info, const ObjectAnswer& answer) {
  HttpHeaders headers;
  headers.emplace_back("ETag", absl::StrCat("\"", info.etag(), "\""));
  headers.emplace_back("Last-Modified", HttpDate(ToTime(info.last_modified())));
  headers.emplace_back("Accept-Ranges", "bytes");
  AddIf("Content-Type", info.content_type(), &headers);
  AddIf("Content-Encoding", info.headers().content_encoding(), &headers);
  AddIf("Content-Language", info.headers().content_language(), &headers);
  AddIf("Content-Disposition", info.headers().content_disposition(), &headers);
  AddIf("Cache-Control", info.headers().cache_control(), &headers);
  AddIf("Expires", info.headers().expires(), &headers);
  if (answer.range.has_value()) {
    const uint64_t first = answer.range->offset();
    headers.emplace_back(
        "Content-Range",
        absl::StrCat("bytes ", first, "-", first + answer.range->length() - 1, "/", info.size()));
  }
  // In order, so that the same object always has the same answer.
  const std::map<std::string, std::string> metadata(info.user_metadata().begin(),
                                                    info.user_metadata().end());
  int missing = 0;
  for (const auto& [name, value] : metadata) {
    if (FitsHeader(name, value)) {
      headers.emplace_back(absl::StrCat("x-amz-meta-", name), value);
    } else {
      ++missing;
    }
  }
  if (missing > 0) headers.emplace_back("x-amz-missing-meta", absl::StrCat(missing));
  if (answer.versioned) headers.emplace_back("x-amz-version-id", VersionOf(info));
  if (info.delete_marker()) headers.emplace_back("x-amz-delete-marker", "true");
  if (!info.tags().empty()) {
    headers.emplace_back("x-amz-tagging-count", absl::StrCat(info.tags_size()));
  }
  if (answer.parts_count && info.parts() > 0) {
    headers.emplace_back("x-amz-mp-parts-count", absl::StrCat(info.parts()));
  }
  if (answer.checksums) AddChecksums(info, &headers);
  return headers;
}

void AddWrittenVersion(const v1::ObjectInfo& info, HttpHeaders* headers) {
  if (!info.null_version()) headers->emplace_back("x-amz-version-id", info.version());
}

HttpHeaders WriteResponseHeaders(const v1::ObjectInfo& info) {
  HttpHeaders headers;
  headers.emplace_back("ETag", absl::StrCat("\"", info.etag(), "\""));
  AddWrittenVersion(info, &headers);
  AddChecksums(info, &headers);
  return headers;
}

HttpHeaders PartResponseHeaders(const v1::PartInfo& part) {
  HttpHeaders headers = PartChecksumHeaders(part);
  headers.emplace_back("ETag", absl::StrCat("\"", part.etag(), "\""));
  return headers;
}

HttpHeaders PartChecksumHeaders(const v1::PartInfo& part) {
  HttpHeaders headers;
  for (const v1::Checksum& checksum : part.checksums()) {
    const ChecksumNames* const names = NamesOf(checksum.algorithm());
    if (names != nullptr) headers.emplace_back(names->header, ChecksumText(checksum, 0));
  }
  return headers;
}

HttpHeaders DeleteResponseHeaders(bool delete_marker, const std::string& version) {
  HttpHeaders headers;
  if (delete_marker) headers.emplace_back("x-amz-delete-marker", "true");
  AddIf("x-amz-version-id", version, &headers);
  return headers;
}

absl::Status OverrideResponseHeaders(const QueryParameters& query, bool is_signed,
                                     HttpHeaders* headers) {
  for (const Override& each : kOverrides) {
    if (!query.Has(each.parameter)) continue;
    if (!is_signed) {
      return S3Only(400, "InvalidRequest",
                    absl::StrCat("request specific response headers cannot be used for anonymous "
                                 "GET requests: ",
                                 each.parameter));
    }
    const absl::string_view value = query.Get(each.parameter);
    if (std::any_of(value.begin(), value.end(),
                    [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); })) {
      return S3Only(400, "InvalidArgument",
                    absl::StrCat("the value of ", each.parameter, " has a control character"));
    }
    headers->erase(std::remove_if(headers->begin(), headers->end(),
                                  [&](const auto& header) {
                                    return absl::EqualsIgnoreCase(header.first, each.header);
                                  }),
                   headers->end());
    headers->emplace_back(each.header, std::string(value));
  }
  return absl::OkStatus();
}

}  // namespace trebol
