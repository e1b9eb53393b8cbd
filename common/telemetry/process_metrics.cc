#include "common/telemetry/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>

namespace trebol {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  if (!(statm >> size >> resident)) return kUnknown;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double CpuSeconds() {
  rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return kUnknown;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double OpenFiles() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  if (error) return kUnknown;
  double count = -1;  // the descriptor that reads the directory is there, too
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  return count;
}

double MaxOpenFiles() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kUnknown;
  return static_cast<double>(limit.rlim_cur);
}

/// Boot time plus the ticks from boot to start; field 22 of stat, behind a name that may hold
/// anything up to the last parenthesis.
double StartTime() {
  double booted = kUnknown;
  std::ifstream machine("/proc/stat");
  for (std::string word; machine >> word;) {
    if (word == "btime") machine >> booted;
  }
  std::ifstream process("/proc/self/stat");
  std::string line;
  std::getline(process, line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return kUnknown;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return kUnknown;
  return booted + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

ProcessMetrics::ProcessMetrics(Registry& registry) {
  using Kind = Registry::Kind;
  const auto add = [&](Kind kind, const char* name, const char* help, double (*read)()) {
    registrations_.push_back(registry.AddCallback(kind, name, help, {}, read));
  };
  add(Kind::kGauge, "process_resident_memory_bytes", "Memory in use, in RAM.", ResidentBytes);
  add(Kind::kCounter, "process_cpu_seconds_total", "User and system CPU time spent.", CpuSeconds);
  add(Kind::kGauge, "process_open_fds", "Open file descriptors.", OpenFiles);
  add(Kind::kGauge, "process_max_fds", "Limit of open file descriptors.", MaxOpenFiles);
  add(Kind::kGauge, "process_start_time_seconds", "Start, in seconds since 1970.", StartTime);
}

}  // namespace trebol
