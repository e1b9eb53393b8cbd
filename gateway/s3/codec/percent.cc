#include "gateway/s3/codec/percent.h"

#include <algorithm>

#include "common/sigv4/uri_encoding.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {

absl::StatusOr<std::string> PercentDecode(absl::string_view text, Plus plus) {
  std::string blanks(text);
  if (plus == Plus::kBlank) std::replace(blanks.begin(), blanks.end(), '+', ' ');
  auto decoded = sigv4::UriDecode(blanks);
  if (!decoded.ok()) return S3Only(400, "InvalidURI", decoded.status().message());
  return decoded;
}

std::string UrlEncodedKey(absl::string_view key) {
  return sigv4::UriEncode(key, sigv4::Slash::kKeep);
}

}  // namespace trebol
