#include "common/base/names.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/limits.h"

namespace trebol {
namespace {

bool IsBucketCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '.';
}

bool LooksLikeIpv4(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
           int number = 0;
           return part.size() <= 3 && absl::SimpleAtoi(part, &number) && number <= 255;
         });
}

absl::Status BadBucketName(absl::string_view name, absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_BUCKET_NAME,
                   absl::StrCat("bucket name '", absl::CHexEscape(name.substr(0, 100)), "' ", what,
                                "; use 3 to 63 lower-case letters, digits, hyphens and dots that "
                                "begin and end with a letter or digit"));
}

}  // namespace

absl::Status ValidateBucketName(absl::string_view name) {
  if (name.size() < kMinBucketNameSize) return BadBucketName(name, "is too short");
  if (name.size() > kMaxBucketNameSize) {
    return BadBucketName(name, absl::StrCat("is too long (", name.size(), " bytes)"));
  }
  if (!std::all_of(name.begin(), name.end(), IsBucketCharacter)) {
    return BadBucketName(name, "has a character that is not allowed");
  }
  if (!absl::ascii_isalnum(name.front()) || !absl::ascii_isalnum(name.back())) {
    return BadBucketName(name, "begins or ends with a hyphen or dot");
  }
  if (name.find("..") != absl::string_view::npos) {
    return BadBucketName(name, "has two dots in a row");
  }
  // It may be the name of a host, whose labels neither begin nor end so (RFC 1123).
  if (name.find(".-") != absl::string_view::npos || name.find("-.") != absl::string_view::npos) {
    return BadBucketName(name, "has a hyphen beside a dot");
  }
  if (LooksLikeIpv4(name)) return BadBucketName(name, "looks like an IPv4 address");
  return absl::OkStatus();
}

bool IsValidUtf8(absl::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    size_t length = 0;
    uint32_t code = 0;
    uint32_t least = 0;
    if ((lead & 0xE0) == 0xC0) {
      length = 2, code = lead & 0x1F, least = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
      length = 3, code = lead & 0x0F, least = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
      length = 4, code = lead & 0x07, least = 0x10000;
    } else {
      return false;
    }
    if (i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<uint8_t>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      code = (code << 6) | (next & 0x3F);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

absl::Status ValidateObjectKey(absl::string_view key) {
  const auto bad = [](std::string message) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_OBJECT_KEY, message);
  };
  if (key.empty()) return bad("the object key is empty; a key has 1 to 1,024 bytes");
  if (key.size() > kMaxKeySize) {
    return bad(absl::StrCat("the object key '", absl::CHexEscape(key.substr(0, 40)), "…' has ",
                            key.size(), " bytes; at most ", kMaxKeySize, " are allowed"));
  }
  if (!IsValidUtf8(key)) {
    return bad(absl::StrCat("the object key '", absl::CHexEscape(key), "' is not UTF-8"));
  }
  if (key.find('\0') != absl::string_view::npos) {
    return bad(absl::StrCat("the object key '", absl::CHexEscape(key), "' has a NUL character"));
  }
  return absl::OkStatus();
}

}  // namespace trebol
