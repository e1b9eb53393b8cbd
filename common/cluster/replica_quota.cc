#include "common/cluster/replica_quota.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <tuple>

#include "common/base/check.h"

namespace trebol {
namespace {

// Shares are at most 2^20 × copies; a double is exact far beyond this.
constexpr double kRoundingSlack = 1e-6;

/// The level at which the rising function `filled` reaches `total`: where water stands when `total`
/// is poured in. 200 halvings exhaust a double.
double Level(double total, double highest, const std::function<double(double)>& filled) {
  double low = 0;
  double high = highest;
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    (filled(middle) < total ? low : high) = middle;
  }
  return high;
}

/// Whole numbers with the sum `total`, each the share rounded up or down: up first where `held`
/// exceeds the floor, then where the fraction is largest.
std::vector<int> Round(const std::vector<double>& shares, const std::vector<int>& held, int total) {
  std::vector<int> rounded(shares.size());
  for (size_t i = 0; i < shares.size(); ++i) {
    rounded[i] = static_cast<int>(std::floor(shares[i] + kRoundingSlack));
  }
  int left = total - std::accumulate(rounded.begin(), rounded.end(), 0);
  std::vector<size_t> order;
  for (size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] - rounded[i] > kRoundingSlack) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const auto rank = [&](size_t i) {
      return std::make_tuple(held[i] <= rounded[i], rounded[i] - shares[i], i);
    };
    return rank(a) < rank(b);
  });
  TREBOL_CHECK(left >= 0 && static_cast<size_t>(left) <= order.size());
  for (int i = 0; i < left; ++i) ++rounded[order[i]];
  return rounded;
}

struct Zone {
  std::vector<size_t> nodes;
  int held = 0;
};

class QuotaPlanner {
 public:
  QuotaPlanner(const std::vector<NodeLoad>& nodes, int partitions, int copies)
      : nodes_(nodes), partitions_(partitions), copies_(copies) {
    double least_weight = nodes[0].weight;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (zones_.size() <= static_cast<size_t>(nodes[i].zone)) zones_.resize(nodes[i].zone + 1);
      zones_[nodes[i].zone].nodes.push_back(i);
      zones_[nodes[i].zone].held += nodes[i].held;
      least_weight = std::min(least_weight, nodes[i].weight);
    }
    highest_level_ = partitions / least_weight;
  }

  std::vector<int> Plan() const {
    const std::vector<int> zone_quotas = ZoneQuotas();
    std::vector<int> quotas(nodes_.size());
    for (size_t z = 0; z < zones_.size(); ++z) {
      const Zone& zone = zones_[z];
      const double level =
          Level(zone_quotas[z], highest_level_, [&](double level) { return Filled(zone, level); });
      std::vector<double> shares;
      std::vector<int> held;
      for (size_t node : zone.nodes) {
        shares.push_back(Share(node, level));
        held.push_back(nodes_[node].held);
      }
      const std::vector<int> rounded = Round(shares, held, zone_quotas[z]);
      for (size_t i = 0; i < zone.nodes.size(); ++i) quotas[zone.nodes[i]] = rounded[i];
    }
    return quotas;
  }

 private:
  double Share(size_t node, double level) const {
    return std::min<double>(partitions_, nodes_[node].weight * level);
  }

  double Filled(const Zone& zone, double level) const {
    double sum = 0;
    for (size_t node : zone.nodes) sum += Share(node, level);
    return sum;
  }

  /// What a zone gets at `level`, within what distinct zones allow it and demand of it.
  double ZoneShare(const Zone& zone, double level) const {
    const double filled = Filled(zone, level);
    return zones_.size() >= static_cast<size_t>(copies_) ? std::min<double>(filled, partitions_)
                                                         : std::max<double>(filled, partitions_);
  }

  std::vector<int> ZoneQuotas() const {
    const int total = partitions_ * copies_;
    const double level = Level(total, highest_level_, [this](double level) {
      double sum = 0;
      for (const Zone& zone : zones_) sum += ZoneShare(zone, level);
      return sum;
    });
    std::vector<double> shares;
    std::vector<int> held;
    for (const Zone& zone : zones_) {
      shares.push_back(ZoneShare(zone, level));
      held.push_back(zone.held);
    }
    return Round(shares, held, total);
  }

  const std::vector<NodeLoad>& nodes_;
  const int partitions_;
  const int copies_;
  std::vector<Zone> zones_;
  double highest_level_;
};

}  // namespace

std::vector<int> ReplicaQuotas(const std::vector<NodeLoad>& nodes, int partitions, int copies) {
  TREBOL_CHECK(copies >= 1 && static_cast<size_t>(copies) <= nodes.size());
  return QuotaPlanner(nodes, partitions, copies).Plan();
}

}  // namespace trebol
