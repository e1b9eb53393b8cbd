#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol::bench {

/// What one load did and cost; a program that makes a load prints it as its last line.
struct LoadReport {
  uint64_t operations = 0;
  uint64_t bytes = 0;
  double seconds = 0;             // from the first start to the last end
  double client_cpu_seconds = 0;  // of the program itself
  double server_cpu_seconds = 0;  // of all other processes that take part
  uint64_t disk_bytes = 0;        // that those handed to the disk
  double p50_ms = 0;              // of one operation
  double p99_ms = 0;

  double cpu_seconds() const { return client_cpu_seconds + server_cpu_seconds; }
};

std::string ToJsonLine(const LoadReport& report);
/// INVALID_ARGUMENT, with the line, when it is none.
absl::StatusOr<LoadReport> ParseReport(absl::string_view line);

}  // namespace trebol::bench
