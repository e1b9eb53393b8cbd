#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trebol::bench {

enum class Operation : uint8_t { kPutSmall, kPutLarge, kGetSmall, kGetLarge };

enum class Outcome : uint8_t {
  kDone,
  kFailed,    // the SDK gave the program an error
  kNotBegun,  // no client was free in time
};

/// One operation of a mixed load. Times are microseconds of the machine's monotonic clock, the same
/// for all processes on it.
struct Sample {
  Operation operation = Operation::kPutSmall;
  Outcome outcome = Outcome::kDone;
  int64_t due_us = 0;    // when it should have begun, whatever came before it
  int64_t ended_us = 0;  // of one that was not begun: when it was given up

  bool reads() const {
    return operation == Operation::kGetSmall || operation == Operation::kGetLarge;
  }
  /// From when it should have begun: what a user waited. So a server that stalls is charged for
  /// every operation that it held up, not only for those that were on their way.
  double took_ms() const { return static_cast<double>(ended_us - due_us) / 1e3; }
};

/// Of the monotonic clock.
int64_t NowMicros();

/// A file between the program that makes a load and the one that looks at it; a line a sample.
absl::Status WriteSamples(const std::string& path, const std::vector<Sample>& samples);
/// INVALID_ARGUMENT with the line that is none, NOT_FOUND.
absl::StatusOr<std::vector<Sample>> ReadSamples(const std::string& path);

}  // namespace trebol::bench
