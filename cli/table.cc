#include "cli/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace trebol::cli {

std::vector<std::string> AlignColumns(const std::vector<std::vector<std::string>>& rows,
                                      const std::set<size_t>& numbers) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      const bool right = numbers.count(i) > 0;
      absl::StrAppend(&line, i > 0 ? "  " : "", right ? padding : "", row[i], right ? "" : padding);
    }
    lines.emplace_back(absl::StripTrailingAsciiWhitespace(line));
  }
  return lines;
}

std::string Paint(absl::string_view text, Colour colour, bool enabled) {
  if (!enabled) return std::string(text);
  const char* code = colour == Colour::kGood ? "32" : colour == Colour::kWarning ? "33" : "31";
  return absl::StrCat("\x1b[", code, "m", text, "\x1b[0m");
}

}  // namespace trebol::cli
