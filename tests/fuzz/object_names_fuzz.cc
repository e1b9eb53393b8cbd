// The opaque texts that clients bring back: each is understood as it was given, or refused.
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "common/base/limits.h"
#include "common/object/part_set.h"
#include "common/object/version_ref.h"
#include "gateway/object/page_token.h"

namespace trebol {
namespace {

void TryVersion(const std::string& text) {
  const auto version = ParseVersion(text);
  if (!version.ok()) return;
  v1::ObjectRow row;
  if (version->null_version()) {
    TREBOL_CHECK(text == "null" && Names(*version, row));
    return;
  }
  row.set_versioned(true);
  row.set_order(version->order());
  row.mutable_manifest()->mutable_version()->set_session(version->session());
  row.mutable_manifest()->mutable_version()->set_sequence(version->sequence());
  TREBOL_CHECK(VersionString(row) == text && Names(*version, row));
}

void TryToken(const std::string& text) {
  const uint32_t listing = ListingOf({"bucket", text});
  // The token of a place names it, and is of no other listing.
  const std::string place = text.substr(0, kMaxKeySize);
  const std::string token = MakePageToken(listing, place);
  TREBOL_CHECK(*ReadPageToken(listing, token) == place);
  TREBOL_CHECK(!ReadPageToken(listing + 1, token).ok());
  ReadPageToken(listing, text).IgnoreError();
  ValidateListingField("prefix", text).IgnoreError();
}

void TryPartSet(const std::string& text) {
  std::string again;
  uint32_t count = 0;
  for (uint32_t number = 0; number <= kMaxParts + 8; ++number) {
    if (!HasPart(text, number)) continue;
    ++count;
    TREBOL_CHECK(number >= 1);
    if (number <= kMaxParts) AddPart(number, &again);
  }
  if (!IsValidPartSet(text)) return;
  TREBOL_CHECK(again == text && CountParts(text) == count);
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  trebol::TryVersion(text);
  if (const auto upload = trebol::ParseUploadId(text); upload.ok()) {
    TREBOL_CHECK(trebol::ToString(*upload) == text);
  }
  trebol::TryToken(text);
  trebol::TryPartSet(text);
  return 0;
}
