#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"

namespace trebol::cli {

/// Output during which something happens, once, as soon as `word` was written: a test does it in
/// the middle of a copy, whatever the speed of the machine.
class Meanwhile : public std::stringbuf {
 public:
  Meanwhile(std::string word, std::function<void()> act)
      : word_(std::move(word)), act_(std::move(act)) {}

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    const std::streamsize written = std::stringbuf::xsputn(bytes, size);
    if (act_ && str().find(word_) != std::string::npos) std::exchange(act_, nullptr)();
    return written;
  }

 private:
  const std::string word_;
  std::function<void()> act_;
};

/// Every look at it is a second later, so that a bar is drawn at every step.
class SteppingClock final : public Clock {
 public:
  Instant Now() const override {
    MutexLock lock(&mutex_);
    return now_ = now_ + absl::Seconds(1);
  }
  absl::Time WallTime() const override { return absl::FromUnixSeconds(1'000'000'000); }

 private:
  mutable Mutex mutex_;
  mutable Instant now_ ABSL_GUARDED_BY(mutex_) = {absl::Hours(1)};
};

}  // namespace trebol::cli
