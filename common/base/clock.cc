#include "common/base/clock.h"

#include <chrono>

#include "absl/time/clock.h"

namespace trebol {
namespace {

class RealClock final : public Clock {
 public:
  Instant Now() const override {
    return {absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch())};
  }
  absl::Time WallTime() const override { return absl::Now(); }
};

}  // namespace

const Clock& SystemClock() {
  static const RealClock clock;
  return clock;
}

}  // namespace trebol
