#include "tests/bench/memory_watch.h"

#include <algorithm>

#include "absl/time/time.h"
#include "tests/bench/process_usage.h"

namespace trebol::bench {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(100);

}  // namespace

MemoryWatch::MemoryWatch(std::vector<std::pair<std::string, pid_t>> processes)
    : processes_(std::move(processes)) {
  Now();
  thread_ = std::thread([this] {
    while (true) {
      Look();
      MutexLock lock(&mutex_);
      if (!stop_) wake_.WaitFor(&mutex_, kInterval);
      if (stop_) return;
    }
  });
}

MemoryWatch::~MemoryWatch() {
  {
    MutexLock lock(&mutex_);
    stop_ = true;
  }
  wake_.NotifyAll();
  thread_.join();
}

void MemoryWatch::Look() {
  std::vector<uint64_t> bytes;
  std::vector<pid_t> pids;
  uint64_t all = 0;
  for (const auto& [name, process] : processes_) {
    pids.push_back(process);
    bytes.push_back(ResidentBytes(process));
    all += bytes.back();
  }
  // To count shared pages walks all of them; only where it may be asked for.
  const bool worst = all > most().of_all;
  const uint64_t shared_once = worst ? ProportionalBytes(pids) : 0;
  MutexLock lock(&mutex_);
  for (size_t i = 0; i < bytes.size(); ++i) {
    most_.of_each[i].second = std::max(most_.of_each[i].second, bytes[i]);
  }
  if (all <= most_.of_all) return;
  most_.of_all = all;
  most_.of_all_shared_once = shared_once;
}

MemoryWatch::Most MemoryWatch::most() const {
  MutexLock lock(&mutex_);
  return most_;
}

MemoryWatch::Most MemoryWatch::Now() {
  {
    MutexLock lock(&mutex_);
    most_ = Most();
    for (const auto& [name, process] : processes_) most_.of_each.emplace_back(name, 0);
  }
  Look();
  return most();
}

}  // namespace trebol::bench
