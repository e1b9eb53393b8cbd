#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace trebol::bench {

/// Of the build that we are part of: "trebol-bench-raw".
std::string ProgramPath(const std::string& name);

/// Runs a program to its end and returns the last line that it printed. An error holds that line
/// when the program failed; CANCELLED when `interrupted`, and then it is gone.
absl::StatusOr<std::string> RunToEnd(const std::vector<std::string>& argv,
                                     const std::string& log_file, absl::Duration timeout,
                                     const std::function<bool()>& interrupted);

/// The folder of that build: a disk, where /tmp may be memory.
std::string BuildFolder();

/// Everything that a run writes; removed with the object.
class Workplace {
 public:
  /// Its path is empty when nothing can be made in `parent`.
  explicit Workplace(const std::string& parent);
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace trebol::bench
