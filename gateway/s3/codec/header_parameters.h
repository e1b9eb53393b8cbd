#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol {

/// A header of the form `value; name=text; name="quoted text"` (RFC 9110, section 5.6.6). A value.
struct HeaderParameters {
  std::string value;
  std::vector<std::pair<std::string, std::string>> parameters;  // lower-case names

  /// Empty where there is none.
  std::string Get(absl::string_view name) const;
};

/// Nothing for a malformed one, and where a name comes twice. In quotes, `\"` and `\\` are a quote
/// and a backslash; any other backslash stands for itself, as browsers send it in names of files.
/// Pure.
std::optional<HeaderParameters> ParseHeaderParameters(absl::string_view text);

}  // namespace trebol
