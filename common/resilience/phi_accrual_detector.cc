#include "common/resilience/phi_accrual_detector.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace trebol {

PhiAccrualDetector::PhiAccrualDetector(PhiAccrualOptions options) : options_(options) {
  // Two made-up intervals around the expected one: with a deviation of a quarter the first real
  // ones may differ from it.
  const double expected = absl::ToDoubleSeconds(options_.first_interval);
  Learn(expected * 0.75);
  Learn(expected * 1.25);
}

void PhiAccrualDetector::Heartbeat(Instant now) {
  if (last_.has_value()) {
    if (now < *last_) return;
    if (!Suspects(now)) Learn(absl::ToDoubleSeconds(now - *last_));
  }
  last_ = now;
}

double PhiAccrualDetector::Phi(Instant now) const {
  if (!last_.has_value()) return 0;
  const double count = static_cast<double>(intervals_.size());
  const double mean = sum_ / count;
  const double variance = std::max(sum_of_squares_ / count - mean * mean, 0.0);
  const double deviation =
      std::max(std::sqrt(variance), absl::ToDoubleSeconds(options_.min_deviation));
  const double late = absl::ToDoubleSeconds(now - *last_ - options_.acceptable_pause) - mean;
  // The logistic approximation of the normal distribution's tail, 1 / (1 + e^x). Its logarithm is
  // written out, for e^x overflows after an hour of silence.
  const double y = late / deviation;
  const double x = y * (1.5976 + 0.070566 * y * y);
  const double log_of_tail = x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
  return log_of_tail / std::numbers::ln10;
}

void PhiAccrualDetector::Learn(double seconds) {
  sum_ += seconds;
  sum_of_squares_ += seconds * seconds;
  if (intervals_.size() < std::max<size_t>(options_.window, 2)) {
    intervals_.push_back(seconds);
    return;
  }
  sum_ -= intervals_[next_];
  sum_of_squares_ -= intervals_[next_] * intervals_[next_];
  intervals_[next_] = seconds;
  next_ = (next_ + 1) % intervals_.size();
}

}  // namespace trebol
