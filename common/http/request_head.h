#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol {

/// The head of an HTTP/1.1 request as it came. A value.
struct RequestHead {
  std::string method;
  std::string path;   // as sent, up to '?'; not decoded
  std::string query;  // as sent, what follows it; not decoded
  /// In the order in which they came, with lower-case names and without the blanks around values.
  std::vector<std::pair<std::string, std::string>> headers;

  /// The value of the first header of this name (lower case); empty when there is none.
  absl::string_view Header(absl::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
  /// How many headers have this name.
  size_t Count(absl::string_view name) const {
    size_t count = 0;
    for (const auto& [key, value] : headers) count += key == name ? 1 : 0;
    return count;
  }
};

}  // namespace trebol
