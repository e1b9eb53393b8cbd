#include "gateway/s3/codec/query_headers.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kOfSignature[] = {
    "x-amz-algorithm",     "x-amz-credential", "x-amz-date",           "x-amz-expires",
    "x-amz-signedheaders", "x-amz-signature",  "x-amz-security-token", "x-amz-content-sha256"};

bool IsHeader(absl::string_view name) {
  return absl::StartsWith(name, "x-amz-") &&
         std::find(std::begin(kOfSignature), std::end(kOfSignature), name) ==
             std::end(kOfSignature);
}

bool CanBeHeader(absl::string_view name, absl::string_view value) {
  const auto in_name = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  };
  const auto in_value = [](char c) {
    return c == '\t' || !absl::ascii_iscntrl(static_cast<unsigned char>(c));
  };
  return std::all_of(name.begin(), name.end(), in_name) &&
         std::all_of(value.begin(), value.end(), in_value);
}

}  // namespace

absl::StatusOr<RequestHead> WithQueryHeaders(const RequestHead& head,
                                             const QueryParameters& query) {
  RequestHead all = head;
  for (const auto& [parameter, text] : query.all()) {
    const std::string name = absl::AsciiStrToLower(parameter);
    if (!IsHeader(name)) continue;
    const absl::string_view value = absl::StripAsciiWhitespace(text);
    if (!CanBeHeader(name, value)) {
      return S3Only(400, "InvalidArgument",
                    absl::StrCat("the parameter '", absl::CHexEscape(parameter.substr(0, 100)),
                                 "' stands for a header, which cannot have this value"));
    }
    if (all.Count(name) == 0) {
      all.headers.emplace_back(name, value);
    } else if (all.Count(name) > 1 || all.Header(name) != value) {
      return S3Only(
          400, "InvalidArgument",
          absl::StrCat(name, " is a header and a parameter of the query, and they differ"));
    }
  }
  return all;
}

}  // namespace trebol
