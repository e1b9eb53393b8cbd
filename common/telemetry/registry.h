#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "common/base/mutex.h"
#include "common/telemetry/metrics.h"

namespace trebol {

/// Names and values that tell apart the metrics of one name. Few and fixed sets of values only
/// (methods, codes, nodes): never keys, buckets or ids of requests.
using Labels = std::map<std::string, std::string>;

/// The metrics of a process (or, in tests, of one component): made here, handed out as references,
/// rendered together. Made first and destroyed last by main, passed to constructors. Thread-safe.
///
/// Names are `trebol_<component>_<what>_<unit>`, counters with `_total` at the end, base units; a
/// name that breaks this, or is used with two types, is our bug and ends the process. The same name
/// and labels give the same metric again.
class Registry {
 public:
  /// Keeps a callback registered as long as it lives; holds no metric of its own.
  class Registration {
   public:
    Registration() = default;
    explicit Registration(std::function<void()> remove) : remove_(std::move(remove)) {}
    Registration(Registration&& other) noexcept : remove_(std::exchange(other.remove_, {})) {}
    Registration& operator=(Registration&& other) noexcept {
      std::swap(remove_, other.remove_);
      return *this;
    }
    ~Registration() {
      if (remove_) remove_();
    }

   private:
    std::function<void()> remove_;
  };

  Registry();
  ~Registry();

  Counter& AddCounter(absl::string_view name, absl::string_view help, Labels labels = {});
  Gauge& AddGauge(absl::string_view name, absl::string_view help, Labels labels = {});
  Histogram& AddHistogram(absl::string_view name, absl::string_view help,
                          std::vector<double> bounds = DurationBuckets(), Labels labels = {});

  /// A value that is asked for when it is rendered (queue lengths, bytes on disk). `read` must be
  /// quick and thread-safe and must not use the registry. When the Registration is gone, `read` is
  /// neither running nor ever called again.
  enum class Kind { kCounter, kGauge };
  [[nodiscard]] Registration AddCallback(Kind kind, absl::string_view name, absl::string_view help,
                                         Labels labels, std::function<double()> read);

  /// Everything in Prometheus' text format 0.0.4, sorted by name and labels.
  std::string Render() const;

 private:
  struct Family;
  Family& FamilyOf(absl::string_view name, absl::string_view help, int type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>> families_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
