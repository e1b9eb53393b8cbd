#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol {

/// The status code of GET http://ENDPOINT/health/ready. `endpoint` is an IPv4 address and a port.
/// UNAVAILABLE when nothing answers within `timeout` (for each of connecting, sending, receiving).
absl::StatusOr<int> ProbeReady(absl::string_view endpoint, absl::Duration timeout);

}  // namespace trebol
