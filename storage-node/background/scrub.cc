#include "storage-node/background/scrub.h"

#include <algorithm>
#include <string>

#include "common/base/limits.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

constexpr uint64_t kAtOnce = 4 * kMiB;
constexpr absl::Duration kRetry = absl::Seconds(10);
// Looks that often whether a pass is due: the time of the last is that of the wall clock.
constexpr absl::Duration kLook = absl::Minutes(1);
constexpr absl::Duration kPausedLook = absl::Seconds(1);

}  // namespace

void Scrub::BeginPass() {
  MutexLock lock(&mutex_);
  asked_for_ = true;
}

absl::Duration Scrub::Tick() {
  if (paused_.Task(kTask)) return kPausedLook;
  const absl::Time ended = progress().last_pass_ended_at;
  if (!running() && !asked_for() && ended != absl::InfinitePast()) {
    const absl::Duration left = options_.interval - (clock_.WallTime() - ended);
    if (left > absl::ZeroDuration()) return std::min(left, kLook);
  }
  {
    MutexLock lock(&mutex_);
    running_ = true;
    asked_for_ = false;
  }
  const double wanted = static_cast<double>(progress().total_bytes) /
                        std::max(1.0, absl::ToDoubleSeconds(options_.duration));
  const double rate = std::clamp(wanted, options_.floor, options_.cap);
  const auto read = scrubber_.Next(kAtOnce);
  MutexLock lock(&mutex_);
  if (!read.ok() && read.status() != problem_) {
    Log(LogLevel::kWarning, "storage", "the scrub could not go on; trying again",
        {{"why", std::string(read.status().message())}});
  }
  problem_ = read.status();
  if (!read.ok()) return kRetry;
  running_ = *read > 0;
  if (!running_) {
    Log(LogLevel::kInfo, "storage", "a scrub pass ended",
        {{"bad copies since the start", std::to_string(progress().bad_chunks)}});
  }
  return absl::Seconds(static_cast<double>(*read) / rate);
}

bool Scrub::asked_for() const {
  MutexLock lock(&mutex_);
  return asked_for_;
}

bool Scrub::running() const {
  MutexLock lock(&mutex_);
  return running_;
}

absl::Status Scrub::problem() const {
  MutexLock lock(&mutex_);
  return problem_;
}

}  // namespace trebol
