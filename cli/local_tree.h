#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace trebol::cli {

struct LocalFile {
  std::string path;
  std::string relative;  // to the root of the walk
  uint64_t size = 0;     // bytes
};

struct LocalTreeVisitor {
  std::function<void(LocalFile)> file;
  /// What is left out: unreadable, special, a dangling link, a name that is not UTF-8, a link to a
  /// directory that it is itself in.
  std::function<void(const std::string& path, const absl::Status& why)> left_out;
  /// Whether symbolic links to directories are followed; otherwise they are left out.
  bool follow_directories = true;
};

/// Why a stat of `path` failed with `error`. A link to nothing is told from a path that is not
/// there: it is there, and FAILED_PRECONDITION.
absl::Status StatError(const std::string& path, int error);

/// Visits the regular files below `root`, in order of their names. Symbolic links to files are
/// followed, and those to directories if the visitor says so; a loop ends where it begins. A link
/// at `root` itself always is.
void WalkLocalTree(const std::string& root, const LocalTreeVisitor& visitor);

}  // namespace trebol::cli
