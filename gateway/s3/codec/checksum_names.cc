#include "gateway/s3/codec/checksum_names.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/object/attributes.h"
#include "gateway/s3/codec/strict_base64.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr ChecksumNames kNames[] = {
    {v1::Checksum::CRC32, "CRC32", "x-amz-checksum-crc32", "ChecksumCRC32"},
    {v1::Checksum::CRC32C, "CRC32C", "x-amz-checksum-crc32c", "ChecksumCRC32C"},
    {v1::Checksum::CRC64NVME, "CRC64NVME", "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME"},
    {v1::Checksum::SHA1, "SHA1", "x-amz-checksum-sha1", "ChecksumSHA1"},
    {v1::Checksum::SHA256, "SHA256", "x-amz-checksum-sha256", "ChecksumSHA256"},
};

}  // namespace

absl::Span<const ChecksumNames> AllChecksumNames() { return kNames; }

const ChecksumNames* NamesOf(v1::Checksum::Algorithm algorithm) {
  const auto* const found =
      std::find_if(std::begin(kNames), std::end(kNames),
                   [&](const ChecksumNames& each) { return each.algorithm == algorithm; });
  return found == std::end(kNames) ? nullptr : found;
}

absl::StatusOr<v1::Checksum::Algorithm> ParseChecksumAlgorithm(absl::string_view text) {
  for (const ChecksumNames& names : kNames) {
    if (absl::EqualsIgnoreCase(text, names.name)) return names.algorithm;
  }
  return S3Only(400, "InvalidRequest",
                absl::StrCat("checksum algorithm '", absl::CHexEscape(text.substr(0, 64)),
                             "' is none of CRC32, CRC32C, CRC64NVME, SHA1 and SHA256"));
}

absl::StatusOr<v1::Checksum> ParseChecksum(v1::Checksum::Algorithm algorithm,
                                           absl::string_view text) {
  const ChecksumNames* const names = NamesOf(algorithm);
  v1::Checksum checksum;
  checksum.set_algorithm(algorithm);
  absl::string_view base64 = text;
  bool good = names != nullptr;
  if (const size_t dash = text.find('-'); dash != absl::string_view::npos) {
    uint32_t parts = 0;
    const absl::string_view count = text.substr(dash + 1);
    good = good && !count.empty() && count[0] >= '1' && count[0] <= '9' &&
           absl::SimpleAtoi(count, &parts) && parts <= kMaxParts;
    base64 = text.substr(0, dash);
    checksum.set_composite(true);
  }
  const auto value = DecodeBase64(base64);
  if (!good || !value.has_value() || value->size() != ChecksumLength(algorithm)) {
    return S3Only(400, "InvalidRequest",
                  absl::StrCat("value '", absl::CHexEscape(text.substr(0, 100)), "' for ",
                               names == nullptr ? "x-amz-checksum" : names->header,
                               " header is invalid; it is the base64 of ",
                               ChecksumLength(algorithm), " bytes"));
  }
  checksum.set_value(*value);
  return checksum;
}

std::string ChecksumText(const v1::Checksum& checksum, uint32_t parts) {
  std::string text = absl::Base64Escape(checksum.value());
  if (checksum.composite() && parts > 0) absl::StrAppend(&text, "-", parts);
  return text;
}

absl::string_view ChecksumTypeName(bool composite) {
  return composite ? "COMPOSITE" : "FULL_OBJECT";
}

}  // namespace trebol
