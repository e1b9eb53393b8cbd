#include "tests/bench/timeline.h"

#include <algorithm>
#include <utility>

#include "tests/bench/load_meter.h"

namespace trebol::bench {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kWindow = kSecond / 4;
constexpr int64_t kStays = 2 * kSecond;
constexpr int64_t kStaysAtLeast = kSecond;
constexpr int kGoodSeconds = 3;

bool Concerns(const Sample& sample, Which which) {
  return which == Which::kAll || sample.reads() == (which == Which::kReads);
}

}  // namespace

Timeline::Timeline(std::vector<Sample> samples) : samples_(std::move(samples)) {
  std::sort(samples_.begin(), samples_.end(),
            [](const Sample& a, const Sample& b) { return a.due_us < b.due_us; });
}

std::pair<std::vector<Sample>::const_iterator, std::vector<Sample>::const_iterator> Timeline::Due(
    Span span) const {
  const auto at = [this](int64_t time) {
    return std::lower_bound(samples_.begin(), samples_.end(), time,
                            [](const Sample& sample, int64_t due) { return sample.due_us < due; });
  };
  return {at(span.from_us), at(span.to_us)};
}

uint64_t Timeline::Count(Span span) const {
  const auto [begin, end] = Due(span);
  return static_cast<uint64_t>(end - begin);
}

uint64_t Timeline::Count(Span span, Outcome outcome) const {
  const auto [begin, end] = Due(span);
  return static_cast<uint64_t>(std::count_if(
      begin, end, [outcome](const Sample& sample) { return sample.outcome == outcome; }));
}

uint64_t Timeline::CountEnded(Span span) const {
  return static_cast<uint64_t>(
      std::count_if(samples_.begin(), samples_.end(), [span](const Sample& sample) {
        return sample.outcome != Outcome::kNotBegun && sample.ended_us >= span.from_us &&
               sample.ended_us < span.to_us;
      }));
}

double Timeline::Quantile(Span span, Which which, double q) const {
  std::vector<float> took;
  const auto [begin, end] = Due(span);
  std::for_each(begin, end, [&](const Sample& sample) {
    if (Concerns(sample, which)) took.push_back(static_cast<float>(sample.took_ms()));
  });
  return bench::Quantile(std::move(took), q);
}

Timeline::Limits Timeline::LimitsOf(Span healthy, double times) const {
  return {times * Quantile(healthy, Which::kReads, 0.99),
          times * Quantile(healthy, Which::kWrites, 0.99)};
}

bool Timeline::Within(Span span, const Limits& limits) const {
  return Count(span, Outcome::kDone) == Count(span) &&
         Quantile(span, Which::kReads, 0.99) <= limits.reads_ms &&
         Quantile(span, Which::kWrites, 0.99) <= limits.writes_ms;
}

std::optional<double> Timeline::SecondsUntilBack(Span healthy, Span fault, double times) const {
  const Limits limits = LimitsOf(healthy, times);
  for (int64_t at = fault.from_us; at + kStaysAtLeast <= fault.to_us; at += kWindow) {
    const Span stays{at, std::min(at + kStays, fault.to_us)};
    // A second without operations says nothing.
    if (Count(stays) == 0) continue;
    if (Within({at, at + kWindow}, limits) && Within(stays, limits)) {
      return Span{fault.from_us, at}.seconds();
    }
  }
  return std::nullopt;
}

double Timeline::ShareOfWindowsAbove(Span healthy, Span span, double times) const {
  const Limits limits = LimitsOf(healthy, times);
  int above = 0, windows = 0;
  for (int64_t at = span.from_us; at + kWindow <= span.to_us; at += kWindow) {
    ++windows;
    if (!Within({at, at + kWindow}, limits)) ++above;
  }
  return windows == 0 ? 0 : static_cast<double>(above) / windows;
}

double Timeline::GoodPerSecond(Span span, double patience_ms) const {
  const auto [begin, end] = Due(span);
  const auto good = std::count_if(begin, end, [patience_ms](const Sample& sample) {
    return sample.outcome == Outcome::kDone && sample.took_ms() <= patience_ms;
  });
  return span.to_us <= span.from_us ? 0 : static_cast<double>(good) / span.seconds();
}

std::optional<double> Timeline::SecondsUntilGood(Span span, double share,
                                                 double patience_ms) const {
  int good_seconds = 0;
  for (int64_t at = span.from_us; at + kSecond <= span.to_us; at += kSecond) {
    const Span second{at, at + kSecond};
    const double due = static_cast<double>(Count(second)) / second.seconds();
    const bool good = due > 0 && GoodPerSecond(second, patience_ms) >= share * due;
    good_seconds = good ? good_seconds + 1 : 0;
    if (good_seconds == kGoodSeconds) {
      return Span{span.from_us, at - (kGoodSeconds - 1) * kSecond}.seconds();
    }
  }
  return std::nullopt;
}

}  // namespace trebol::bench
