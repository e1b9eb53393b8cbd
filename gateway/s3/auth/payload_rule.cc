#include "gateway/s3/auth/payload_rule.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/sigv4/sigv4.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr size_t kSha256Digits = 64;

bool IsSha256(absl::string_view value) {
  return value.size() == kSha256Digits && std::all_of(value.begin(), value.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

}  // namespace

absl::StatusOr<PayloadRule> ParsePayloadRule(absl::string_view value) {
  PayloadRule rule;
  if (value == sigv4::kUnsignedPayload) {
    rule.kind = PayloadRule::Kind::kUnsigned;
  } else if (value == sigv4::kStreamingSigned) {
    rule.kind = PayloadRule::Kind::kStreamingSigned;
  } else if (value == sigv4::kStreamingSignedTrailer) {
    rule.kind = PayloadRule::Kind::kStreamingSignedTrailer;
  } else if (value == sigv4::kStreamingUnsignedTrailer) {
    rule.kind = PayloadRule::Kind::kStreamingUnsignedTrailer;
  } else if (IsSha256(value)) {
    rule.kind = PayloadRule::Kind::kSha256;
    rule.sha256 = absl::AsciiStrToLower(value);
  } else {
    return S3Only(
        400, "InvalidArgument",
        absl::StrCat("x-amz-content-sha256 must be ", sigv4::kUnsignedPayload, ", ",
                     sigv4::kStreamingUnsignedTrailer, ", ", sigv4::kStreamingSigned, ", ",
                     sigv4::kStreamingSignedTrailer, " or a valid sha256 value, not '",
                     absl::CHexEscape(value.substr(0, 100)), "'"));
  }
  return rule;
}

}  // namespace trebol
