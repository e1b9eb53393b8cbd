#include "gateway/request_log.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

/// UNAVAILABLE, INTERNAL, DATA_LOSS and the like: ours, not the caller's.
bool IsOurs(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

std::string CodeLabel(absl::StatusCode code) {
  return absl::AsciiStrToLower(absl::StatusCodeToString(code));
}

}  // namespace

void RequestLog::Observe(absl::string_view method, const RequestContext& context,
                         absl::Duration took, const absl::Status& status) {
  CounterOf(method, status.code()).Add();
  HistogramOf(method).Observe(took);
  if (status.ok()) return;
  const LogLevel level = IsOurs(status) ? LogLevel::kWarning : LogLevel::kDebug;
  if (!LogEnabled(level)) return;
  Log(level, "gateway", "request failed",
      {{"method", method},
       {"code", CodeLabel(status.code())},
       {"why", status.message()},
       {"took_seconds", absl::ToDoubleSeconds(took)},
       {"peer", context.peer},
       {"trace", context.trace_parent}});
}

Counter& RequestLog::CounterOf(absl::string_view method, absl::StatusCode code) {
  const std::string label = CodeLabel(code);
  MutexLock lock(&mutex_);
  Counter*& counter = counters_[absl::StrCat(method, " ", label)];
  if (counter == nullptr) {
    counter = &registry_.AddCounter("trebol_gateway_requests_total",
                                    "Requests that ended, by method and gRPC code.",
                                    {{"method", std::string(method)}, {"code", label}});
  }
  return *counter;
}

Histogram& RequestLog::HistogramOf(absl::string_view method) {
  MutexLock lock(&mutex_);
  Histogram*& histogram = histograms_[std::string(method)];
  if (histogram == nullptr) {
    histogram = &registry_.AddHistogram("trebol_gateway_request_duration_seconds",
                                        "From the first byte of a request to its end, by method.",
                                        DurationBuckets(), {{"method", std::string(method)}});
  }
  return *histogram;
}

}  // namespace trebol
