#pragma once

#include <functional>

#include "absl/status/status.h"
#include "common/async/request_context.h"

namespace trebol {

/// Called once, when a request of a front door has ended.
using RequestEnd = std::function<void(const RequestContext&, const absl::Status&)>;

}  // namespace trebol
