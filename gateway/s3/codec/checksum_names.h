#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// How S3 names a checksum. Literals.
struct ChecksumNames {
  v1::Checksum::Algorithm algorithm;
  const char* name;     // "CRC32C"
  const char* header;   // "x-amz-checksum-crc32c"
  const char* element;  // "ChecksumCRC32C"
};

/// Those of S3: CRC32, CRC32C, CRC64NVME, SHA1, SHA256. MD5 is none of them (Content-MD5).
absl::Span<const ChecksumNames> AllChecksumNames();
/// Null for MD5 and what is none.
const ChecksumNames* NamesOf(v1::Checksum::Algorithm algorithm);

/// "crc32c" or "CRC32C". InvalidRequest naming those that there are.
absl::StatusOr<v1::Checksum::Algorithm> ParseChecksumAlgorithm(absl::string_view text);

/// A value in base64, with "-N" behind one that is composite (N parts). InvalidRequest for another
/// form or length.
absl::StatusOr<v1::Checksum> ParseChecksum(v1::Checksum::Algorithm algorithm,
                                           absl::string_view text);

/// The value in base64; a composite one of `parts` parts with "-N" behind it, unless parts is 0.
std::string ChecksumText(const v1::Checksum& checksum, uint32_t parts);

/// "COMPOSITE" or "FULL_OBJECT".
absl::string_view ChecksumTypeName(bool composite);

}  // namespace trebol
