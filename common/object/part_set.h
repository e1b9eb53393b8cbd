#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace trebol {

/// Which parts of a multipart upload an object has, as its manifest keeps it (Manifest.parts): bit
/// n − 1, counted from the lowest of the first byte, is part n. At most 1,250 bytes. Pure.
void AddPart(uint32_t number, std::string* parts);
bool HasPart(absl::string_view parts, uint32_t number);
uint32_t CountParts(absl::string_view parts);
/// True for the form that AddPart makes of numbers up to 10,000: not empty, no empty byte at the
/// end.
bool IsValidPartSet(absl::string_view parts);

}  // namespace trebol
