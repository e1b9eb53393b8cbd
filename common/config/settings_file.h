#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trebol {

/// `key = …` of `[section]` in a settings file.
struct FileSetting {
  std::string section;
  std::string key;
  std::vector<std::string> texts;  // one, or the elements of an array
  int line = 0;
};

struct SettingsFile {
  struct Section {
    std::string name;
    int line = 0;
  };
  std::vector<Section> sections;
  std::vector<FileSetting> settings;  // in the order of the file
};

/// Reads TOML: sections of strings, numbers, booleans and arrays of these. NOT_FOUND or
/// PERMISSION_DENIED if it cannot be read; INVALID_ARGUMENT with `path:line` for what is no TOML,
/// or deeper than that.
absl::StatusOr<SettingsFile> ReadSettingsFile(const std::string& path);

}  // namespace trebol
