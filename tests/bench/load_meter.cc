#include "tests/bench/load_meter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/random.h"
#include "tests/bench/process_usage.h"

namespace trebol::bench {
namespace {

// A put is acknowledged with two copies; the third one's work belongs to it all the same.
constexpr absl::Duration kSettle = absl::Milliseconds(50);

}  // namespace

LoadMeter::LoadMeter(LoadLimits limits)
    : limits_(std::move(limits)),
      own_cpu_before_(OwnCpuSeconds()),
      cpu_before_(CpuSeconds(limits_.processes)),
      disk_before_(DiskBytes(limits_.processes)),
      begin_(Clock::now()) {}

bool LoadMeter::MayBegin(bool first, uint64_t bytes) {
  if (failed_) return false;
  if (first) {
    begun_bytes_ += bytes;
    return true;
  }
  if (SecondsSince(begin_) >= limits_.seconds) return false;
  return begun_bytes_.fetch_add(bytes) + bytes <= limits_.most_bytes;
}

void LoadMeter::Ended(double seconds, uint64_t bytes, uint64_t operations) {
  MutexLock lock(&mutex_);
  took_ms_.push_back(static_cast<float>(seconds * 1e3));
  report_.operations += operations;
  report_.bytes += bytes;
  report_.seconds = SecondsSince(begin_);
}

void LoadMeter::Failed(const absl::Status& why) {
  MutexLock lock(&mutex_);
  failure_.Update(why);
  failed_ = true;
}

absl::StatusOr<LoadReport> LoadMeter::Finish() {
  absl::SleepFor(kSettle);
  MutexLock lock(&mutex_);
  if (!failure_.ok()) return failure_;
  report_.client_cpu_seconds = OwnCpuSeconds() - own_cpu_before_;
  report_.server_cpu_seconds = CpuSeconds(limits_.processes) - cpu_before_;
  report_.disk_bytes = DiskBytes(limits_.processes) - disk_before_;
  report_.p50_ms = Quantile(took_ms_, 0.5);
  report_.p99_ms = Quantile(took_ms_, 0.99);
  return report_;
}

absl::StatusOr<LoadReport> RunThreads(
    const LoadLimits& limits, uint64_t bytes_of_one,
    const std::function<absl::StatusOr<uint64_t>(int client, uint64_t count)>& operation) {
  LoadMeter meter(limits);
  std::vector<std::thread> threads;
  for (int client = 0; client < limits.clients; ++client) {
    threads.emplace_back([&, client] {
      for (uint64_t count = 0; meter.MayBegin(count == 0, bytes_of_one); ++count) {
        const auto begin = std::chrono::steady_clock::now();
        const absl::StatusOr<uint64_t> bytes = operation(client, count);
        if (!bytes.ok()) return meter.Failed(bytes.status());
        meter.Ended(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
                    *bytes);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return meter.Finish();
}

absl::Status InParallel(uint64_t count, int threads,
                        const std::function<absl::Status(uint64_t number)>& run) {
  std::atomic<uint64_t> next = 0;
  Mutex mutex;
  absl::Status failure;
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      for (uint64_t number; (number = next++) < count;) {
        const absl::Status status = run(number);
        if (status.ok()) continue;
        MutexLock lock(&mutex);
        failure.Update(status);
        next = count;
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  return failure;
}

float Quantile(std::vector<float> values, double q) {
  if (values.empty()) return 0;
  const auto place = static_cast<size_t>(std::lround(q * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(place), values.end());
  return values[place];
}

std::string RandomBytes(uint64_t size) {
  std::string bytes(size, '\0');
  uint64_t state = RandomId();
  for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    std::memcpy(bytes.data() + at, &state, 8);
  }
  return bytes;
}

}  // namespace trebol::bench
