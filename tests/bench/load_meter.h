#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "tests/bench/load_report.h"

namespace trebol::bench {

/// How long a load lasts, and who pays for it.
struct LoadLimits {
  int clients = 1;
  double seconds = 1;                // no operation begins after it
  uint64_t most_bytes = UINT64_MAX;  // nor one beyond these; the first of each client always does
  std::vector<pid_t> processes;      // the servers
};

/// Clock, counters and CPU of one load, from its construction to Finish. What was begun is awaited
/// and counted, so that every byte paid for is a byte counted. Thread-safe but for Finish.
class LoadMeter {
 public:
  explicit LoadMeter(LoadLimits limits);

  /// Asked by a client before each operation.
  bool MayBegin(bool first, uint64_t bytes);
  void Ended(double seconds, uint64_t bytes, uint64_t operations = 1);
  /// The load is worth nothing; the first reason is kept.
  void Failed(const absl::Status& why);

  /// After the last operation. Waits a moment for what is acknowledged and not yet done.
  absl::StatusOr<LoadReport> Finish();

 private:
  using Clock = std::chrono::steady_clock;
  double SecondsSince(Clock::time_point then) const {
    return std::chrono::duration<double>(Clock::now() - then).count();
  }

  const LoadLimits limits_;
  const double own_cpu_before_;
  const double cpu_before_;
  const uint64_t disk_before_;
  const Clock::time_point begin_;
  std::atomic<uint64_t> begun_bytes_ = 0;
  std::atomic<bool> failed_ = false;
  Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  LoadReport report_ ABSL_GUARDED_BY(mutex_);
  std::vector<float> took_ms_ ABSL_GUARDED_BY(mutex_);
};

/// `operation` again and again on each of the meter's clients, a thread for each, until the limits.
/// It gets the client's number and how many it did before, and returns how many bytes it moved.
absl::StatusOr<LoadReport> RunThreads(
    const LoadLimits& limits, uint64_t bytes_of_one,
    const std::function<absl::StatusOr<uint64_t>(int client, uint64_t count)>& operation);

/// All numbers below `count`, in order, each by one of several threads, to the first error.
absl::Status InParallel(uint64_t count, int threads,
                        const std::function<absl::Status(uint64_t number)>& run);

/// The q-quantile of `values`, 0 of none.
float Quantile(std::vector<float> values, double q);

/// Bytes that nothing compresses.
std::string RandomBytes(uint64_t size);

}  // namespace trebol::bench
