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
  uint64_t all = 0;
  for (const auto& [name, process] : processes_) {
    bytes.push_back(ResidentBytes(process));
    all += bytes.back();
  }
  MutexLock lock(&mutex_);
  for (size_t i = 0; i < bytes.size(); ++i) {
    most_.of_each[i].second = std::max(most_.of_each[i].second, bytes[i]);
  }
  most_.of_all = std::max(most_.of_all, all);
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
