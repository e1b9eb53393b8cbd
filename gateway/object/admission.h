#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/async/request_context.h"
#include "common/async/semaphore.h"
#include "common/base/limits.h"
#include "common/resilience/retry_after.h"

namespace trebol {

/// Told of every request that ended: its method, what it was, how long it took, how it ended.
/// Thread-safe and quick.
using RequestObserver = std::function<void(absl::string_view method, const RequestContext& context,
                                           absl::Duration took, const absl::Status& status)>;

/// To be called once, when a request has ended.
using RequestEnd = std::function<void(const RequestContext& context, const absl::Status& status)>;

/// Who may come in: one place for each request that runs, of any door; more are refused, and told
/// when to come again. Every request that ended is observed, refused ones too. Thread-safe;
/// outlives its requests.
class Admission {
 public:
  explicit Admission(
      uint64_t places = kMaxRequestsInFlight,
      RequestObserver observer = [](absl::string_view, const RequestContext&, absl::Duration,
                                    const absl::Status&) {})
      : observer_(std::move(observer)), places_(Semaphore::Create(places)) {}

  struct Request {
    absl::Status status;  // RESOURCE_EXHAUSTED (OVERLOADED): not to be served
    RequestEnd end;       // holds the request's place
  };
  Request Begin(std::string method);

  const std::shared_ptr<Turnaround>& turnaround() const { return turnaround_; }

 private:
  const RequestObserver observer_;
  const std::shared_ptr<Semaphore> places_;
  const std::shared_ptr<Turnaround> turnaround_ = std::make_shared<Turnaround>();
};

}  // namespace trebol
