#include "tests/bench/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/base/limits.h"

namespace trebol::bench {
namespace {

std::string ReadProc(pid_t process, absl::string_view name) {
  std::ifstream file(absl::StrCat("/proc/", process, "/", name));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The number behind "NAME:" in a file of such lines.
uint64_t Field(pid_t process, absl::string_view file, absl::string_view name) {
  const std::string text = ReadProc(process, file);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(": \t"), absl::SkipEmpty());
    uint64_t value = 0;
    if (words.size() >= 2 && words[0] == name && absl::SimpleAtoi(words[1], &value)) return value;
  }
  return 0;
}

double TicksOf(pid_t process) {
  const std::string stat = ReadProc(process, "stat");
  const size_t name_end = stat.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return 0;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(stat).substr(name_end + 1), ' ', absl::SkipEmpty());
  constexpr size_t kUser = 11, kSystem = 12;  // proc(5) fields 14 and 15
  uint64_t user = 0, system = 0;
  if (fields.size() <= kSystem || !absl::SimpleAtoi(fields[kUser], &user) ||
      !absl::SimpleAtoi(fields[kSystem], &system)) {
    return 0;
  }
  return static_cast<double>(user + system);
}

}  // namespace

double CpuSeconds(const std::vector<pid_t>& processes) {
  double ticks = 0;
  for (const pid_t process : processes) ticks += TicksOf(process);
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double OwnCpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

uint64_t DiskBytes(const std::vector<pid_t>& processes) {
  uint64_t bytes = 0;
  for (const pid_t process : processes) bytes += Field(process, "io", "write_bytes");
  return bytes;
}

uint64_t ResidentBytes(pid_t process) { return Field(process, "status", "VmRSS") * kKiB; }

uint64_t ProportionalBytes(const std::vector<pid_t>& processes) {
  uint64_t bytes = 0;
  for (const pid_t process : processes) bytes += Field(process, "smaps_rollup", "Pss") * kKiB;
  return bytes;
}

}  // namespace trebol::bench
