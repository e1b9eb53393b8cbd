#pragma once

#include <string>

#include "cli/console.h"
#include "client/client.h"

namespace trebol::cli {

/// How far copies are that move.
struct MoveState {
  uint32_t partitions_left = 0;
  uint32_t partitions_total = 0;
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;
  double bytes_per_second = 0;
};

/// "12 of 48 partitions left, 1.2 GiB of 4.8 GiB, 80.0 MiB/s, 0:45 left". Bytes are estimated from
/// partitions.
std::string FormatMoves(const MoveState& state);

/// Shows the progress until nothing moves any more and no node of the plan still drains; Ctrl-C
/// ends the wait, not the moves. A cluster that cannot be reached for a minute is a failure.
void AwaitMoves(const client::Client& client, const client::NodeChangePlan& plan, Console& console);

}  // namespace trebol::cli
