#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// What '+' stands for: itself in paths, a blank in queries and forms.
enum class Plus { kItself, kBlank };

/// Decodes %XX, digits of either case, once. S3's InvalidURI for a '%' without two digits. Pure.
absl::StatusOr<std::string> PercentDecode(absl::string_view text, Plus plus);

/// The form of keys in answers to encoding-type=url: letters, digits, '-', '.', '_', '~' and '/'
/// stay, every other byte becomes %XX. A blank is %20, which clients read back whatever they take
/// '+' for.
std::string UrlEncodedKey(absl::string_view key);

}  // namespace trebol
