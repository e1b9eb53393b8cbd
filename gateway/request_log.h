#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/base/mutex.h"
#include "common/telemetry/registry.h"
#include "gateway/object/admission.h"

namespace trebol {

/// Counts and times the requests of the front doors, and logs those that failed through no fault of
/// their caller. Thread-safe; the registry outlives it.
class RequestLog {
 public:
  explicit RequestLog(Registry& registry) : registry_(registry) {}

  void Observe(absl::string_view method, const RequestContext& context, absl::Duration took,
               const absl::Status& status);

 private:
  Counter& CounterOf(absl::string_view method, absl::StatusCode code);
  Histogram& HistogramOf(absl::string_view method);

  Registry& registry_;
  Mutex mutex_;
  // By method and code: a small, fixed set.
  absl::flat_hash_map<std::string, Counter*> counters_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Histogram*> histograms_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
