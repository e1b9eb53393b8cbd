#pragma once

#include <string>

#include "absl/strings/string_view.h"

/// Request signatures of AWS, version 4, without any network: common ground of those who check them
/// and of those who make them. All functions are pure and thread-safe.
namespace trebol::sigv4 {

/// SHA-256 of nothing, as lower-case hexadecimal digits.
inline constexpr absl::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// FIPS 180-4, as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view text);

/// RFC 2104 with SHA-256: 32 raw bytes.
std::string HmacSha256(absl::string_view key, absl::string_view text);

/// With SHA-1: 20 raw bytes. For forms that are signed by version 2.
std::string HmacSha1(absl::string_view key, absl::string_view text);

/// Takes the same time wherever the first difference is. Only the sizes may be learnt.
bool EqualInConstantTime(absl::string_view a, absl::string_view b);

}  // namespace trebol::sigv4
