#include "common/object/part_set.h"

#include <bit>

#include "common/base/check.h"
#include "common/base/limits.h"

namespace trebol {

void AddPart(uint32_t number, std::string* parts) {
  TREBOL_CHECK(number >= 1 && number <= kMaxParts);
  const size_t at = (number - 1) / 8;
  if (parts->size() <= at) parts->resize(at + 1, '\0');
  (*parts)[at] = static_cast<char>(static_cast<uint8_t>((*parts)[at]) | 1u << (number - 1) % 8);
}

bool HasPart(absl::string_view parts, uint32_t number) {
  const size_t at = (number - 1) / 8;
  return number >= 1 && at < parts.size() &&
         (static_cast<uint8_t>(parts[at]) >> (number - 1) % 8 & 1u) != 0;
}

uint32_t CountParts(absl::string_view parts) {
  uint32_t count = 0;
  for (const char byte : parts) {
    count += static_cast<uint32_t>(std::popcount(static_cast<uint8_t>(byte)));
  }
  return count;
}

bool IsValidPartSet(absl::string_view parts) {
  return !parts.empty() && parts.size() <= kMaxParts / 8 && parts.back() != '\0';
}

}  // namespace trebol
