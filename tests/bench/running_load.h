#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/timeline.h"
#include "tests/testing/process.h"

namespace trebol::bench {

/// trebol-bench-mixed at work in a process of its own, which dies with the object. Not thread-safe.
class RunningLoad {
 public:
  struct Options {
    std::string endpoint;
    std::string directory;  // exists; gets what the program prints, and its samples
    std::string name;       // of those files
    std::vector<std::string> arguments;
    std::function<bool()> interrupted = [] { return false; };
  };

  /// Returns when its clients are connected and it is known when the first operation is due.
  static absl::StatusOr<RunningLoad> Start(Options options);
  ~RunningLoad();
  RunningLoad(RunningLoad&& other) noexcept;
  RunningLoad& operator=(RunningLoad&&) = delete;

  /// When the first operation is due.
  int64_t begin_us() const { return begin_us_; }
  /// Returns at `time_us`, or CANCELLED.
  absl::Status SleepUntil(int64_t time_us) const;
  /// Waits for the last operation.
  absl::StatusOr<Timeline> Finish();
  /// After Finish: the first errors of operations, a line each.
  std::vector<std::string> Errors() const;

 private:
  RunningLoad(Options options, Process process);
  absl::Status AwaitBegin();

  Options options_;
  Process process_;
  bool ours_ = true;  // false once moved from
  int64_t begin_us_ = 0;
};

}  // namespace trebol::bench
