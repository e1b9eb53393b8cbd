#include "common/telemetry/registry.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/base/check.h"

namespace trebol {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

bool IsName(absl::string_view text) {
  return !text.empty() && !absl::ascii_isdigit(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

/// Ours, or the handful that every Prometheus client calls process_….
bool IsMetricName(absl::string_view name, MetricType type) {
  return IsName(name) &&
         (absl::StartsWith(name, "trebol_") || absl::StartsWith(name, "process_")) &&
         absl::EndsWith(name, "_total") == (type == MetricType::Counter);
}

void Fill(const Histogram& histogram, ClientMetric* metric) {
  const std::vector<uint64_t> counts = histogram.Counts();
  const std::vector<double>& bounds = histogram.bounds();
  uint64_t cumulative = 0;
  for (size_t i = 0; i < bounds.size(); ++i) {
    cumulative += counts[i];
    metric->histogram.bucket.push_back({.cumulative_count = cumulative, .upper_bound = bounds[i]});
  }
  metric->histogram.sample_count = cumulative + counts.back();
  metric->histogram.sample_sum = histogram.sum();
}

}  // namespace

struct Registry::Family {
  /// Exactly one of them is set.
  struct Metric {
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
  };
  std::string help;
  MetricType type = MetricType::Untyped;
  std::map<Labels, Metric> metrics;

  Metric& MetricOf(const Labels& labels) {
    for (const auto& [name, value] : labels) TREBOL_CHECK(IsName(name));
    return metrics[labels];
  }
};

Registry::Registry() = default;
Registry::~Registry() = default;

Registry::Family& Registry::FamilyOf(absl::string_view name, absl::string_view help, int type) {
  const auto wanted = static_cast<MetricType>(type);
  TREBOL_CHECK(IsMetricName(name, wanted));
  std::unique_ptr<Family>& family = families_[std::string(name)];
  if (family == nullptr) {
    family = std::make_unique<Family>();
    family->help = std::string(help);
    family->type = wanted;
  }
  TREBOL_CHECK(family->type == wanted);
  return *family;
}

Counter& Registry::AddCounter(absl::string_view name, absl::string_view help, Labels labels) {
  MutexLock lock(&mutex_);
  auto& metric = FamilyOf(name, help, static_cast<int>(MetricType::Counter)).MetricOf(labels);
  TREBOL_CHECK(!metric.read);
  if (metric.counter == nullptr) metric.counter = std::make_unique<Counter>();
  return *metric.counter;
}

Gauge& Registry::AddGauge(absl::string_view name, absl::string_view help, Labels labels) {
  MutexLock lock(&mutex_);
  auto& metric = FamilyOf(name, help, static_cast<int>(MetricType::Gauge)).MetricOf(labels);
  TREBOL_CHECK(!metric.read);
  if (metric.gauge == nullptr) metric.gauge = std::make_unique<Gauge>();
  return *metric.gauge;
}

Histogram& Registry::AddHistogram(absl::string_view name, absl::string_view help,
                                  std::vector<double> bounds, Labels labels) {
  MutexLock lock(&mutex_);
  auto& metric = FamilyOf(name, help, static_cast<int>(MetricType::Histogram)).MetricOf(labels);
  if (metric.histogram == nullptr) {
    metric.histogram = std::make_unique<Histogram>(std::move(bounds));
  }
  return *metric.histogram;
}

Registry::Registration Registry::AddCallback(Kind kind, absl::string_view name,
                                             absl::string_view help, Labels labels,
                                             std::function<double()> read) {
  const MetricType type = kind == Kind::kCounter ? MetricType::Counter : MetricType::Gauge;
  MutexLock lock(&mutex_);
  auto& metric = FamilyOf(name, help, static_cast<int>(type)).MetricOf(labels);
  // Two sources for one number: which would be rendered?
  TREBOL_CHECK(!metric.read && metric.counter == nullptr && metric.gauge == nullptr);
  metric.read = std::move(read);
  return Registration([this, name = std::string(name), labels = std::move(labels)] {
    MutexLock lock(&mutex_);
    families_.at(name)->metrics.erase(labels);
  });
}

std::string Registry::Render() const {
  std::vector<prometheus::MetricFamily> rendered;
  {
    MutexLock lock(&mutex_);
    for (const auto& [name, family] : families_) {
      if (family->metrics.empty()) continue;
      prometheus::MetricFamily& out = rendered.emplace_back();
      out.name = name;
      out.help = family->help;
      out.type = family->type;
      for (const auto& [labels, metric] : family->metrics) {
        ClientMetric& value = out.metric.emplace_back();
        for (const auto& [label, text] : labels) value.label.push_back({label, text});
        if (metric.histogram != nullptr) {
          Fill(*metric.histogram, &value);
        } else if (family->type == MetricType::Counter) {
          value.counter.value =
              metric.read ? metric.read() : static_cast<double>(metric.counter->value());
        } else {
          value.gauge.value = metric.read ? metric.read() : metric.gauge->value();
        }
      }
    }
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, rendered);
  return text.str();
}

}  // namespace trebol
