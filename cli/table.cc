#include "cli/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace trebol::cli {
namespace {

struct Column {
  size_t width = 0;
  bool number = true;
};

}  // namespace

std::vector<std::string> AlignColumns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<Column> columns;
  for (size_t r = 0; r < rows.size(); ++r) {
    columns.resize(std::max(columns.size(), rows[r].size()));
    for (size_t i = 0; i < rows[r].size(); ++i) {
      const std::string& cell = rows[r][i];
      columns[i].width = std::max(columns[i].width, cell.size());
      if (r > 0 && (cell.empty() || !absl::ascii_isdigit(cell.front()))) columns[i].number = false;
    }
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(columns[i].width - row[i].size(), ' ');
      absl::StrAppend(&line, i > 0 ? "  " : "", columns[i].number ? padding : "", row[i],
                      columns[i].number ? "" : padding);
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
