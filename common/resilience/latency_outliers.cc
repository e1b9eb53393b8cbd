#include "common/resilience/latency_outliers.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace trebol {
namespace {

constexpr double kLateFactor = 3;
constexpr double kUsualFactor = 2;
constexpr absl::Duration kLeastLate = absl::Milliseconds(5);

/// Of the nodes' means, for those that have enough calls.
std::optional<absl::Duration> MedianOfMeans(const std::vector<NodeLatency>& nodes, int size) {
  std::vector<absl::Duration> means;
  for (const NodeLatency& node : nodes) {
    const LatencyWindow::Total& total = node[size];
    if (total.calls < LatencyWindow::kFewest) continue;
    means.push_back(total.took / static_cast<double>(total.calls));
  }
  if (means.empty()) return std::nullopt;
  const size_t middle = (means.size() - 1) / 2;
  std::nth_element(means.begin(), means.begin() + static_cast<ptrdiff_t>(middle), means.end());
  return means[middle];
}

}  // namespace

std::vector<Lateness> FindLate(const std::vector<NodeLatency>& nodes) {
  struct Compared {
    double calls = 0;
    absl::Duration took, expected;
  };
  std::vector<Compared> compared(nodes.size());
  for (int size = 0; size < LatencyWindow::kSizeClasses; ++size) {
    const auto median = MedianOfMeans(nodes, size);
    if (!median.has_value()) continue;
    for (size_t i = 0; i < nodes.size(); ++i) {
      const auto calls = static_cast<double>(nodes[i][size].calls);
      compared[i].calls += calls;
      compared[i].took += nodes[i][size].took;
      compared[i].expected += *median * calls;
    }
  }
  std::vector<Lateness> found;
  found.reserve(nodes.size());
  for (const Compared& node : compared) {
    if (node.calls < LatencyWindow::kFewest) {
      found.push_back(Lateness::kUnknown);
    } else if (node.took >= node.expected * kLateFactor &&
               node.took - node.expected >= kLeastLate * node.calls) {
      found.push_back(Lateness::kLate);
    } else if (node.took < node.expected * kUsualFactor ||
               node.took - node.expected < kLeastLate * node.calls) {
      found.push_back(Lateness::kUsual);
    } else {
      found.push_back(Lateness::kUnknown);
    }
  }
  return found;
}

}  // namespace trebol
