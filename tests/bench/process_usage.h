#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace trebol::bench {

// What processes have used so far, from /proc. 0 for one that is gone.

/// User and system, all threads, those that ended too. Resolution: 10 ms a process.
double CpuSeconds(const std::vector<pid_t>& processes);
/// Of the calling process, in microseconds' resolution.
double OwnCpuSeconds();
/// Bytes that they handed to the disk.
uint64_t DiskBytes(const std::vector<pid_t>& processes);
/// Resident now.
uint64_t ResidentBytes(pid_t process);
/// What they take together: a page that several share counts once, divided among them.
uint64_t ProportionalBytes(const std::vector<pid_t>& processes);

}  // namespace trebol::bench
