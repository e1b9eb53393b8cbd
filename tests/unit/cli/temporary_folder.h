#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/random.h"

namespace trebol::cli {

/// An empty folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : root_((std::filesystem::temp_directory_path() / absl::StrCat("trebol-", RandomHex(8)))
                  .string()) {
    std::filesystem::create_directory(root_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(root_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& root() const { return root_; }
  std::string Path(const std::string& name) const { return root_ + "/" + name; }

  /// Writes a file, and the folders above it; returns its path.
  std::string Write(const std::string& name, const std::string& data) const {
    const std::filesystem::path path = Path(name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << data;
    return path.string();
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  /// The regular files in it, sorted, relative.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      if (entry.is_regular_file()) {
        names.push_back(entry.path().lexically_relative(root_).string());
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  const std::string root_;
};

}  // namespace trebol::cli
