#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// 3 to 63 bytes; lower-case letters, digits, hyphens and dots; begins and ends with a letter or
/// digit; no two dots in a row; not formatted as an IPv4 address. The rules of S3.
absl::Status ValidateBucketName(absl::string_view name);

/// 1 to 1,024 bytes of UTF-8 without NUL.
absl::Status ValidateObjectKey(absl::string_view key);

/// True for well-formed UTF-8 without surrogates or overlong forms (RFC 3629).
bool IsValidUtf8(absl::string_view text);

}  // namespace trebol
