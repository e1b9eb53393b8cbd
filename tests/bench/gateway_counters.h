#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace trebol::bench {

/// What a gateway counted since its start, as /metrics tells.
struct GatewayCounters {
  uint64_t requests = 0;   // puts and gets that ended, however
  uint64_t puts_done = 0;  // that ended well
  uint64_t gets_done = 0;
  uint64_t chunk_puts = 0;  // calls to storage nodes, one a copy when nothing is repeated
  uint64_t chunk_gets = 0;  // one a chunk when nothing is repeated

  GatewayCounters operator-(const GatewayCounters& other) const;
};

/// From its admin port. INVALID_ARGUMENT when what answers tells none of them.
absl::StatusOr<GatewayCounters> ReadGatewayCounters(const std::string& admin_endpoint);
/// Of the text of /metrics.
absl::StatusOr<GatewayCounters> ParseGatewayCounters(const std::string& text);

}  // namespace trebol::bench
