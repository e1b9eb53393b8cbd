#include "common/config/settings_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/config/small_file.h"

namespace trebol {
namespace {

absl::Status Malformed(const std::string& path, int line, absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat(path, ":", line, ": ", what));
}

int LineOf(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

/// As it would be typed as a flag; the option's own parser judges it.
std::optional<std::string> ScalarText(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return absl::StrCat(integer->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) return absl::StrCat(number->get());
  return std::nullopt;
}

absl::StatusOr<std::vector<std::string>> Texts(const std::string& path, const toml::node& node) {
  std::vector<std::string> texts;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) {
      std::optional<std::string> text = ScalarText(element);
      if (!text) return Malformed(path, LineOf(element), "a list holds strings and numbers only");
      texts.push_back(*std::move(text));
    }
    return texts;
  }
  std::optional<std::string> text = ScalarText(node);
  if (!text) {
    return Malformed(path, LineOf(node),
                     "a setting is a string, a number, true, false or a list of these");
  }
  texts.push_back(*std::move(text));
  return texts;
}

absl::StatusOr<SettingsFile> Convert(const std::string& path, const toml::table& root) {
  SettingsFile file;
  for (const auto& [section_name, node] : root) {
    const toml::table* section = node.as_table();
    if (section == nullptr) {
      return Malformed(
          path, LineOf(node),
          absl::StrCat("'", std::string(section_name.str()), "' stands outside of any [section]"));
    }
    file.sections.push_back({std::string(section_name.str()), LineOf(node)});
    for (const auto& [key, value] : *section) {
      FileSetting setting{.section = file.sections.back().name,
                          .key = std::string(key.str()),
                          .line = LineOf(value)};
      ASSIGN_OR_RETURN(setting.texts, Texts(path, value));
      file.settings.push_back(std::move(setting));
    }
  }
  std::sort(file.settings.begin(), file.settings.end(),
            [](const FileSetting& a, const FileSetting& b) { return a.line < b.line; });
  return file;
}

}  // namespace

absl::StatusOr<SettingsFile> ReadSettingsFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string content, ReadSmallFile(path));
  try {
    return Convert(path, toml::parse(content, path));
  } catch (const toml::parse_error& error) {
    return Malformed(path, static_cast<int>(error.source().begin.line),
                     std::string(error.description()));
  }
}

}  // namespace trebol
