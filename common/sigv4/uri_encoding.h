#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol::sigv4 {

/// What becomes of '/': kept in paths, encoded in names and values of a query.
enum class Slash { kKeep, kEncode };

/// AWS' UriEncode ("Create a signed request", Signature Version 4): letters, digits, '-', '.', '_'
/// and '~' stay, every other byte becomes %XX with upper-case digits.
std::string UriEncode(absl::string_view text, Slash slash);

/// %XX with digits of either case, once; '+' stays. INVALID_ARGUMENT for a '%' without two digits.
absl::StatusOr<std::string> UriDecode(absl::string_view text);

/// One name=value of a query. `name` and `value` are decoded, with '+' as a blank.
struct QueryParameter {
  std::string raw_name;
  std::string raw_value;
  std::string name;
  std::string value;
};

/// The parameters in the order in which they stand; one without '=' has an empty value, nothing
/// between two '&' is no parameter. INVALID_ARGUMENT as UriDecode, and for a blank or a control
/// character, which no request line may contain.
absl::StatusOr<std::vector<QueryParameter>> SplitQuery(absl::string_view query);

}  // namespace trebol::sigv4
