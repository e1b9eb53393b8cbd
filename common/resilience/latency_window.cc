#include "common/resilience/latency_window.h"

#include <algorithm>
#include <cmath>

#include "common/base/limits.h"

namespace trebol {
namespace {

constexpr absl::Duration kHalf = absl::Seconds(10);
constexpr absl::Duration kLeast = absl::Microseconds(50);
constexpr double kBucketsPerDoubling = 4;

}  // namespace

int LatencyWindow::SizeClass(uint64_t bytes) {
  if (bytes <= 32 * kKiB) return 0;  // these travel together
  if (bytes <= 256 * kKiB) return 1;
  return bytes <= kMiB ? 2 : 3;
}

int LatencyWindow::Sample::BucketOf(absl::Duration took) {
  if (took <= kLeast) return 0;
  const double doublings = std::log2(absl::FDivDuration(took, kLeast));
  return std::min(static_cast<int>(std::ceil(doublings * kBucketsPerDoubling)), kBuckets - 1);
}

std::optional<absl::Duration> LatencyWindow::Sample::Quantile(double share) const {
  if (calls_ < kFewest) return std::nullopt;
  const double wanted = share * static_cast<double>(calls_);
  uint64_t passed = 0;
  int bucket = 0;
  while (true) {
    passed += counts_[bucket];
    if (static_cast<double>(passed) >= wanted || bucket == kBuckets - 1) break;
    ++bucket;
  }
  return kLeast * std::exp2(bucket / kBucketsPerDoubling);
}

void LatencyWindow::Sample::Add(const Sample& other) {
  for (int i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  calls_ += other.calls_;
  took_ += other.took_;
}

void LatencyWindow::Observe(uint64_t bytes, absl::Duration took, Instant now) {
  Turn(now);
  Sample& sample = recent_[SizeClass(bytes)];
  ++sample.counts_[Sample::BucketOf(took)];
  ++sample.calls_;
  sample.took_ += took;
}

LatencyWindow::Sample LatencyWindow::Of(int size_class, Instant now) {
  Turn(now);
  Sample sample = recent_[size_class];
  sample.Add(older_[size_class]);
  return sample;
}

LatencyWindow::Sample LatencyWindow::All(Instant now) {
  Sample sample;
  for (int i = 0; i < kSizeClasses; ++i) sample.Add(Of(i, now));
  return sample;
}

LatencyWindow::Total LatencyWindow::TotalOf(int size_class, Instant now) {
  Turn(now);
  const Sample& recent = recent_[size_class];
  const Sample& older = older_[size_class];
  return {.calls = recent.calls_ + older.calls_, .took = recent.took_ + older.took_};
}

void LatencyWindow::Turn(Instant now) {
  const int64_t half = static_cast<int64_t>(now.since_origin / kHalf);
  if (half == half_) return;
  older_ = half == half_ + 1 ? recent_ : std::array<Sample, kSizeClasses>{};
  recent_ = {};
  half_ = half;
}

}  // namespace trebol
