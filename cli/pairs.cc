#include "cli/pairs.h"

#include "absl/strings/str_cat.h"

namespace trebol::cli {

std::optional<std::map<std::string, std::string>> ParsePairs(absl::string_view option,
                                                             const std::vector<std::string>& words,
                                                             Console& console) {
  std::map<std::string, std::string> pairs;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      console.Usage(
          absl::StrCat(option, option.empty() ? "" : " ", "'", word, "' is not NAME=VALUE"));
      return std::nullopt;
    }
    if (!pairs.emplace(word.substr(0, equals), word.substr(equals + 1)).second) {
      console.Usage(absl::StrCat(option, option.empty() ? "" : " ", "'", word.substr(0, equals),
                                 "' is given twice; it has one value"));
      return std::nullopt;
    }
  }
  return pairs;
}

}  // namespace trebol::cli
