#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// What of an object a read wants. A value; both absent: all of it.
struct RequestedRange {
  std::optional<v1::ByteRange> range;
  std::optional<uint64_t> suffix_length;  // the last bytes
};

/// The header Range (RFC 9110, section 14) as S3 reads it: one range of bytes. Anything else,
/// several ranges, another unit, a malformed one, means the whole object. Whether the object is
/// long enough is the operation's business; numbers beyond 2^64 − 1 count as that. Pure.
RequestedRange ParseRange(absl::string_view text);

/// The parameter partNumber: 1 to 10,000, else InvalidArgument. Pure.
absl::StatusOr<uint32_t> ParsePartNumber(absl::string_view text);

/// x-amz-copy-source-range: exactly "bytes=first-last", else InvalidArgument. Pure.
absl::StatusOr<v1::ByteRange> ParseCopySourceRange(absl::string_view text);

}  // namespace trebol
