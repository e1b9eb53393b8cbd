#include "gateway/object/admission.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/error.h"

namespace trebol {

Admission::Request Admission::Begin(std::string method) {
  auto place = places_->TryAcquire(1);
  Request request;
  if (!place.has_value()) {
    request.status =
        WithRetryAfter(MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
                                 absl::StrCat("this gateway serves ", places_->capacity(),
                                              " requests already; slow down and try again")),
                       RetryAfter(turnaround_->of_late()));
  }
  auto held = std::make_shared<std::optional<Semaphore::Permit>>(std::move(place));
  request.end = [this, method = std::move(method), held, began = SystemClock().Now()](
                    const RequestContext& context, const absl::Status& status) {
    const absl::Duration took = SystemClock().Now() - began;
    if (held->has_value()) turnaround_->Took(took);
    observer_(method, context, took, status);
    held->reset();
  };
  return request;
}

}  // namespace trebol
