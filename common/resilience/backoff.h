#pragma once

#include <cstdint>
#include <random>

#include "absl/time/time.h"

namespace trebol {

struct BackoffOptions {
  absl::Duration first = absl::Milliseconds(100);
  absl::Duration most = absl::Seconds(1);
};

/// How long to wait before each further attempt: doubling, with up to half as much again at random,
/// so that those who failed together do not come back together. Not thread-safe.
class Backoff {
 public:
  explicit Backoff(uint64_t seed, BackoffOptions options = {});

  absl::Duration Next();

 private:
  const absl::Duration most_;
  absl::Duration next_;
  std::minstd_rand random_;
};

}  // namespace trebol
