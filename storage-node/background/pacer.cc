#include "storage-node/background/pacer.h"

#include <algorithm>

namespace trebol {
namespace {

constexpr double kBurstSeconds = 0.25;

}  // namespace

absl::Duration Pacer::Spend(Instant now, uint64_t units) {
  if (rate_ <= 0) return absl::ZeroDuration();
  const double burst = rate_ * kBurstSeconds;
  tokens_ = std::min(burst, tokens_ + rate_ * absl::ToDoubleSeconds(now - filled_at_));
  filled_at_ = now;
  tokens_ -= static_cast<double>(units);
  return tokens_ >= 0 ? absl::ZeroDuration() : absl::Seconds(-tokens_ / rate_);
}

}  // namespace trebol
