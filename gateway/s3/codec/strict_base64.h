#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace trebol {

/// RFC 4648, section 4, with its padding and without blanks: exactly what encoding the result
/// gives. Nothing for any other text. Pure.
std::optional<std::string> DecodeBase64(absl::string_view text);

}  // namespace trebol
