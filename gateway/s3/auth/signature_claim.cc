#include "gateway/s3/auth/signature_claim.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Parameters = std::vector<sigv4::QueryParameter>;

// How far the clocks of clients may be off.
constexpr absl::Duration kMaxSkew = absl::Minutes(15);

size_t Count(const Parameters& parameters, absl::string_view name) {
  return std::count_if(parameters.begin(), parameters.end(),
                       [&](const auto& parameter) { return parameter.name == name; });
}

const std::string& ValueOf(const Parameters& parameters, absl::string_view name) {
  static const std::string* const nothing = new std::string();
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& parameter) { return parameter.name == name; });
  return found != parameters.end() ? found->value : *nothing;
}

absl::Status OldVersion() {
  return S3Only(400, "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use "
                "AWS4-HMAC-SHA256 (Signature Version 4; of boto3: signature_version='s3v4').");
}

absl::Status WithoutDate() {
  return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                   "AWS authentication requires a valid Date or x-amz-date header");
}

/// The names between the semicolons, if they are sorted, lower case and each once.
absl::StatusOr<std::vector<std::string>> ParseSignedHeaders(SignatureForm form,
                                                            absl::string_view text) {
  std::vector<std::string> names = absl::StrSplit(text, ';');
  for (size_t i = 0; i < names.size(); ++i) {
    const bool plain =
        !names[i].empty() && std::all_of(names[i].begin(), names[i].end(), [](char c) {
          return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != ':' &&
                 !absl::ascii_isupper(static_cast<unsigned char>(c));
        });
    if (!plain || (i > 0 && names[i] <= names[i - 1])) {
      return MalformedSignature(
          form,
          absl::StrCat("SignedHeaders must be names in lower case, sorted, each once and with "
                       "semicolons between them, not '",
                       absl::CHexEscape(text.substr(0, 200)), "'"));
    }
  }
  return names;
}

/// The date of a request that is signed by headers, as a timestamp.
absl::StatusOr<absl::Time> DateOf(const RequestHead& head) {
  const char* const name = head.Count("x-amz-date") > 0 ? "x-amz-date" : "date";
  if (head.Count(name) != 1) return WithoutDate();
  const absl::string_view text = head.Header(name);
  std::optional<absl::Time> time = sigv4::ParseTimestamp(text);
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S %z"}) {
    absl::Time parsed;
    if (!time && absl::ParseTime(format, text, absl::UTCTimeZone(), &parsed, nullptr)) {
      time = parsed;
    }
  }
  if (!time || *time < absl::UnixEpoch() || *time == absl::InfiniteFuture()) return WithoutDate();
  return *time;
}

absl::Status CheckSkew(absl::Time time, absl::Time now) {
  if (time >= now - kMaxSkew && time <= now + kMaxSkew) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kPermissionDenied, v1::REQUEST_TIME_SKEWED,
      absl::StrCat("The difference between the request time and the current time is "
                   "too large: the request is dated ",
                   sigv4::FormatTimestamp(time), ", here it is ", sigv4::FormatTimestamp(now),
                   "; at most 15 minutes are allowed, set the client's clock"));
}

/// Whether a presigned URL is valid now.
absl::Status CheckValidity(absl::Time time, absl::Duration validity, absl::Time now) {
  if (now > time + validity) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::REQUEST_EXPIRED,
                     absl::StrCat("Request has expired: it was valid until ",
                                  sigv4::FormatTimestamp(time + validity), ", here it is ",
                                  sigv4::FormatTimestamp(now)));
  }
  if (time > now + kMaxSkew) {
    return MakeError(
        absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
        absl::StrCat("Request is not valid yet: it is dated ", sigv4::FormatTimestamp(time),
                     ", here it is ", sigv4::FormatTimestamp(now)));
  }
  return absl::OkStatus();
}

/// "Credential=…, SignedHeaders=…, Signature=…", in any order.
absl::StatusOr<std::map<std::string, std::string>> ReadFields(absl::string_view text) {
  std::map<std::string, std::string> fields;
  for (absl::string_view piece : absl::StrSplit(text, ',')) {
    piece = absl::StripAsciiWhitespace(piece);
    const std::pair<std::string, std::string> field =
        absl::StrSplit(piece, absl::MaxSplits('=', 1));
    const bool known =
        field.first == "Credential" || field.first == "SignedHeaders" || field.first == "Signature";
    if (!known || field.second.empty() || !fields.insert(field).second) {
      return MalformedSignature(
          SignatureForm::kHeader,
          absl::StrCat(
              "it must have one Credential, one SignedHeaders and one Signature, each with "
              "a value and a comma between them; '",
              absl::CHexEscape(piece.substr(0, 100)), "' is none of them"));
    }
  }
  for (const char* name : {"Credential", "SignedHeaders", "Signature"}) {
    if (!fields.contains(name)) {
      return MalformedSignature(SignatureForm::kHeader, absl::StrCat("it has no ", name));
    }
  }
  return fields;
}

absl::StatusOr<SignatureClaim> ReadHeader(const RequestHead& head, absl::string_view region,
                                          absl::Time now, absl::string_view service) {
  const absl::string_view value = head.Header("authorization");
  const size_t blank = std::min(value.find(' '), value.size());
  const absl::string_view algorithm = value.substr(0, blank);
  if (algorithm == "AWS" && !absl::StrContains(value, ':')) {
    return S3Only(400, "InvalidArgument",
                  "AWS authorization header is invalid. Expected AwsAccessKeyId:signature");
  }
  if (algorithm == "AWS" || absl::StartsWith(algorithm, "AWS4-ECDSA")) return OldVersion();
  if (algorithm != sigv4::kAlgorithm) {
    return S3Only(
        400, "InvalidArgument",
        absl::StrCat("Unsupported Authorization Type '", absl::CHexEscape(algorithm.substr(0, 40)),
                     "'; sign with ", sigv4::kAlgorithm));
  }
  ASSIGN_OR_RETURN(const auto fields, ReadFields(value.substr(blank)));
  SignatureClaim claim;
  claim.form = SignatureForm::kHeader;
  ASSIGN_OR_RETURN(claim.time, DateOf(head));
  RETURN_IF_ERROR(CheckSkew(claim.time, now));
  claim.timestamp = sigv4::FormatTimestamp(claim.time);
  ASSIGN_OR_RETURN(claim.credential, ParseCredentialScope(claim.form, fields.at("Credential"),
                                                          claim.timestamp, region, service));
  ASSIGN_OR_RETURN(claim.signed_headers,
                   ParseSignedHeaders(claim.form, fields.at("SignedHeaders")));
  claim.signature = fields.at("Signature");
  return claim;
}

/// 1 s to 7 days. Out of that range: 403 as the public conformance tests have it, where AWS says
/// 400.
absl::StatusOr<absl::Duration> ParseValidity(absl::string_view text) {
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(text, &seconds)) {
    return MalformedSignature(SignatureForm::kQuery, "X-Amz-Expires should be a number");
  }
  constexpr absl::string_view kCode = "AuthorizationQueryParametersError";
  if (seconds < 0) return S3Only(403, kCode, "X-Amz-Expires must be non-negative");
  if (seconds > absl::ToInt64Seconds(sigv4::kMaxValidity)) {
    return S3Only(403, kCode,
                  "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                  "X-Amz-Expires must be less than 604800 seconds");
  }
  if (seconds == 0) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::REQUEST_EXPIRED,
                     "Request has expired: X-Amz-Expires is 0; at least 1 second is needed");
  }
  return absl::Seconds(seconds);
}

absl::StatusOr<SignatureClaim> ReadQuery(const Parameters& parameters, absl::string_view region,
                                         absl::Time now) {
  constexpr SignatureForm kForm = SignatureForm::kQuery;
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date",
                           "X-Amz-SignedHeaders", "X-Amz-Expires"}) {
    if (Count(parameters, name) != 1 || ValueOf(parameters, name).empty()) {
      return MalformedSignature(
          kForm, absl::StrCat("Query-string authentication version 4 requires the X-Amz-Algorithm, "
                              "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, "
                              "and X-Amz-Expires parameters, each once; see ",
                              name));
    }
  }
  if (ValueOf(parameters, "X-Amz-Algorithm") != sigv4::kAlgorithm) {
    return MalformedSignature(
        kForm, absl::StrCat("X-Amz-Algorithm only supports \"", sigv4::kAlgorithm, "\""));
  }
  SignatureClaim claim;
  claim.form = kForm;
  claim.timestamp = ValueOf(parameters, "X-Amz-Date");
  const std::optional<absl::Time> time = sigv4::ParseTimestamp(claim.timestamp);
  if (!time || *time < absl::UnixEpoch()) {
    return MalformedSignature(
        kForm, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  claim.time = *time;
  ASSIGN_OR_RETURN(claim.validity, ParseValidity(ValueOf(parameters, "X-Amz-Expires")));
  RETURN_IF_ERROR(CheckValidity(claim.time, claim.validity, now));
  ASSIGN_OR_RETURN(claim.credential,
                   ParseCredentialScope(kForm, ValueOf(parameters, "X-Amz-Credential"),
                                        claim.timestamp, region));
  ASSIGN_OR_RETURN(claim.signed_headers,
                   ParseSignedHeaders(kForm, ValueOf(parameters, "X-Amz-SignedHeaders")));
  claim.signature = ValueOf(parameters, "X-Amz-Signature");
  return claim;
}

}  // namespace

absl::StatusOr<std::optional<SignatureClaim>> ReadSignatureClaim(const RequestHead& head,
                                                                 const Parameters& parameters,
                                                                 absl::string_view region,
                                                                 absl::Time now,
                                                                 absl::string_view service) {
  const size_t headers = head.Count("authorization");
  const bool by_header = headers > 1 || !head.Header("authorization").empty();
  bool by_query = false;
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"}) {
    by_query = by_query || Count(parameters, name) > 0;
  }
  const bool by_old_query =
      Count(parameters, "AWSAccessKeyId") > 0 ||
      (Count(parameters, "Signature") > 0 && Count(parameters, "Expires") > 0);
  if (headers > 1 || (by_header && (by_query || by_old_query))) {
    return S3Only(
        400, "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
        "Signature query string parameter or the Authorization header should be specified");
  }
  if (head.Count("x-amz-security-token") > 0 || Count(parameters, "X-Amz-Security-Token") > 0) {
    return S3Only(400, "InvalidToken",
                  "The provided token is malformed or otherwise invalid: there are no session "
                  "tokens here; use an access key of its own, which may expire, and unset "
                  "AWS_SESSION_TOKEN");
  }
  if (by_old_query) return OldVersion();
  if (by_header) return ReadHeader(head, region, now, service);
  if (by_query) return ReadQuery(parameters, region, now);
  return std::nullopt;
}

}  // namespace trebol
