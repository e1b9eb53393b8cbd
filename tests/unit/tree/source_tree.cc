#include "tests/unit/tree/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace trebol {
namespace {

namespace fs = std::filesystem;

/// What `#include "…"` or `#include <…>` names.
std::optional<std::string> IncludedBy(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "#")) return std::nullopt;
  line = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "include")) return std::nullopt;
  line = absl::StripLeadingAsciiWhitespace(line);
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return std::nullopt;
  const size_t end = line.find(line[0] == '"' ? '"' : '>', 1);
  if (end == absl::string_view::npos) return std::nullopt;
  return std::string(line.substr(1, end - 1));
}

SourceFile Read(const fs::path& file, std::string path) {
  SourceFile source{std::move(path), {}, {}};
  std::ifstream stream(file);
  std::string line;
  while (std::getline(stream, line)) {
    source.lines.push_back(line);
    if (std::optional<std::string> included = IncludedBy(line)) {
      source.includes.push_back({static_cast<int>(source.lines.size()), *std::move(included)});
    }
  }
  return source;
}

bool IsOurs(const fs::path& top_folder) {
  const std::string name = top_folder.filename();
  return !name.starts_with(".") && !name.starts_with("build");
}

}  // namespace

std::vector<SourceFile> ReadSourceTree(const std::string& root) {
  std::vector<SourceFile> files;
  for (const fs::directory_entry& top : fs::directory_iterator(root)) {
    if (!top.is_directory() || !IsOurs(top.path())) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(top)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cc" && extension != ".proto") continue;
      files.push_back(Read(entry.path(), entry.path().lexically_relative(root)));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace trebol
