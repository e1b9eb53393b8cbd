#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/testing/simulated_disk.h"

namespace trebol {

/// An operation of a disk that fails once: the k-th of its kind from some moment on.
struct DiskError {
  SimulatedDisk::Operation operation = SimulatedDisk::Operation::kWrite;
  SimulatedDisk::Failure failure = SimulatedDisk::Failure::kIoError;
  const char* part = "segments";  // or "index"
  uint64_t k = 1;
};

/// What one run of a cluster against errors of its disks did and found.
struct ClusterDiskErrorsRun {
  uint64_t errors = 0;   // that happened
  uint64_t stopped = 0;  // stores that took themselves out of service for one
  uint64_t acked_puts = 0;
  uint64_t gets = 0;
  uint64_t copies_checked = 0;
  std::vector<std::string> violations;

  void Add(const ClusterDiskErrorsRun& other);
  std::string Summary() const;
};

/// Lets a whole cluster work for clients on one simulated disk while one node after another has
/// this error, each restarted before the next, by the seed with a loss of power. No operation of a
/// client fails, nothing that was acknowledged is lost, and no store stops but for an error that
/// leaves it in doubt of what it wrote.
ClusterDiskErrorsRun RunClusterDiskErrors(uint64_t seed, const DiskError& error);

}  // namespace trebol
