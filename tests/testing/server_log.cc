#include "tests/testing/server_log.h"

#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace trebol {
namespace {

std::string ReadFrom(const std::string& path, uint64_t offset) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::optional<ReadyLine> FindReadyLine(const std::string& log_file, uint64_t offset) {
  const std::string text = ReadFrom(log_file, offset);
  const size_t complete = text.rfind('\n');
  if (complete == std::string::npos) return std::nullopt;
  for (absl::string_view line : absl::StrSplit(absl::string_view(text).substr(0, complete), '\n')) {
    if (!absl::ConsumePrefix(&line, "ready: ")) continue;
    ReadyLine ready;
    for (absl::string_view word : absl::StrSplit(line, ' ', absl::SkipWhitespace())) {
      if (absl::ConsumePrefix(&word, "grpc=")) ready.endpoint = std::string(word);
      if (absl::ConsumePrefix(&word, "s3=")) ready.s3_url = std::string(word);
      if (absl::ConsumePrefix(&word, "admin=")) ready.admin_endpoint = std::string(word);
    }
    if (!ready.endpoint.empty() && !ready.admin_endpoint.empty()) return ready;
  }
  return std::nullopt;
}

std::string LastLine(const std::string& log_file) {
  std::ifstream file(log_file, std::ios::binary | std::ios::ate);
  if (!file) return "";
  constexpr uint64_t kTail = 8192;
  const uint64_t size = static_cast<uint64_t>(file.tellg());
  const std::string tail = ReadFrom(log_file, size > kTail ? size - kTail : 0);
  const std::vector<absl::string_view> lines = absl::StrSplit(tail, '\n', absl::SkipWhitespace());
  return lines.empty() ? "" : std::string(absl::StripAsciiWhitespace(lines.back()));
}

}  // namespace trebol
