#include "gateway/s3/codec/strict_base64.h"

#include "absl/strings/escaping.h"

namespace trebol {

std::optional<std::string> DecodeBase64(absl::string_view text) {
  std::string value;
  if (!absl::Base64Unescape(text, &value) || absl::Base64Escape(value) != text) {
    return std::nullopt;
  }
  return value;
}

}  // namespace trebol
