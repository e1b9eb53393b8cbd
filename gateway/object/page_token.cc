#include "gateway/object/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/checksum/crc32c.h"

namespace trebol {
namespace {

constexpr char kTokenFormat = '1';
constexpr size_t kHeadSize = 5;  // format and listing

}  // namespace

uint32_t ListingOf(std::initializer_list<absl::string_view> fields) {
  uint32_t listing = 0;
  for (const absl::string_view field : fields) {
    std::string size;
    AppendBigEndian32(static_cast<uint32_t>(field.size()), &size);
    listing = Crc32c(field, Crc32c(size, listing));
  }
  return listing;
}

std::string MakePageToken(uint32_t listing, absl::string_view place) {
  std::string raw(1, kTokenFormat);
  AppendBigEndian32(listing, &raw);
  absl::StrAppend(&raw, place);
  return absl::WebSafeBase64Escape(raw);
}

absl::StatusOr<std::string> ReadPageToken(uint32_t listing, absl::string_view token) {
  std::string raw;
  if (token.size() > 2 * kMaxKeySize || !absl::WebSafeBase64Unescape(token, &raw) ||
      raw.size() < kHeadSize || raw.front() != kTokenFormat ||
      LoadBigEndian32(raw.data() + 1) != listing) {
    return InvalidPageToken();
  }
  return raw.substr(kHeadSize);
}

absl::Status InvalidPageToken() {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_PAGE_TOKEN,
                   "the page token is not of this listing: repeat bucket, prefix, delimiter and "
                   "start_after as they were, and the token as it was given");
}

absl::Status ValidateListingField(absl::string_view name, absl::string_view value) {
  // No key contains a NUL; metadata ends keys with one, so it must not meet it here.
  if (value.size() > kMaxKeySize || !IsValidUtf8(value) || absl::StrContains(value, '\0')) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat("the ", name, " of a listing must be UTF-8 of at most ",
                                  kMaxKeySize, " bytes without a NUL"));
  }
  return absl::OkStatus();
}

absl::Status ValidatePageSize(uint32_t page_size) {
  if (page_size <= kMaxPageSize) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("a page of ", page_size, " was asked for; at most ", kMaxPageSize,
                                " are given"));
}

}  // namespace trebol
