#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/sample.h"

namespace trebol::bench {

// Puts and gets of 4 KiB and 1 MiB in turns, through the C++ SDK with its defaults, of several
// clients, each with connections, a session and a retry budget of its own. Of twenty operations
// nine are small puts, nine small gets, one is a large put and one a large get.

struct MixedLoad {
  /// Of an open loop: so many operations a second for so long, evenly spaced. Operations are due
  /// when the schedule says, however long those before them take.
  struct Stretch {
    double per_second = 0;
    double seconds = 0;
  };

  std::string endpoint;
  int clients = 32;
  /// Operations at a time. As many as clients: each is a user who waits for an answer.
  int threads = 32;
  /// The schedule. None: a closed loop, where each thread begins as soon as it is free.
  std::vector<Stretch> schedule;
  double closed_seconds = 1;
  /// Later than so nobody begins an operation any more: its user has gone.
  absl::Duration most_late = absl::InfiniteDuration();
};

/// Makes the bucket and the objects that are read, and reads each once.
absl::Status FillForMixedLoad(const std::string& endpoint);

/// What a load did, and the first errors of operations that failed.
struct MixedLoadResult {
  std::vector<Sample> samples;
  std::vector<std::string> errors;
};

/// Connects all clients, lets each put and get once, calls `begins` with the time of the first
/// operation, and returns after the last one. An operation that fails is a sample and no error. Ten
/// seconds after the schedule's end nothing is begun any more.
absl::StatusOr<MixedLoadResult> RunMixedLoad(const MixedLoad& load,
                                             const std::function<void(int64_t begin_us)>& begins);

}  // namespace trebol::bench
