#pragma once

#include <array>
#include <vector>

#include "common/resilience/latency_window.h"

namespace trebol {

/// How late a node answers, beside the others.
enum class Lateness {
  kUnknown,  // too few calls, or neither clearly late nor clearly not
  kUsual,
  kLate,
};

/// The recent calls of one node, by size class. Calls that still run count with the time they had.
using NodeLatency = std::array<LatencyWindow::Total, LatencyWindow::kSizeClasses>;

/// The lateness of each of `nodes`, which get the same work. A node is late when its calls took
/// three times as long together as they would have at the median node (the quicker one of two), and
/// 5 ms more each; calls are compared with those of their size class. The mean and not a quantile:
/// a node that hangs for half a second now and then is late after its first pause. Pure.
std::vector<Lateness> FindLate(const std::vector<NodeLatency>& nodes);

}  // namespace trebol
