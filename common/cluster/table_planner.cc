#include "common/cluster/table_planner.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "common/base/check.h"
#include "common/cluster/rendezvous.h"
#include "common/cluster/replica_quota.h"

namespace trebol {
namespace {

// Bounds the time of a plan that changes nearly everything; a change of one node stays far below.
constexpr int kRestoreAttempts = 4000;

}  // namespace

TablePlanner::TablePlanner(std::vector<PlannedNode> nodes, uint32_t copies,
                           const std::vector<std::vector<NodeId>>& current)
    : nodes_(std::move(nodes)),
      copies_(static_cast<int>(std::min<size_t>(copies, nodes_.size()))),
      original_(current.size()),
      members_(current.size()),
      partitions_(nodes_.size()),
      costs_(current.size() * nodes_.size()) {
  absl::flat_hash_map<NodeId, int> numbers;
  for (size_t n = 0; n < nodes_.size(); ++n) {
    numbers[nodes_[n].id] = static_cast<int>(n);
    zone_count_ = std::max(zone_count_, nodes_[n].zone + 1);
  }
  required_zones_ = std::min(copies_, zone_count_);
  for (size_t p = 0; p < current.size(); ++p) {
    for (NodeId id : current[p]) {
      const auto found = numbers.find(id);
      if (found == numbers.end() || absl::c_linear_search(original_[p], found->second)) continue;
      original_[p].push_back(found->second);
    }
    for (size_t n = 0; n < nodes_.size(); ++n) {
      costs_[p * nodes_.size() + n] =
          RendezvousCost(PartitionId(p), nodes_[n].id, nodes_[n].weight);
    }
  }
}

std::vector<std::vector<NodeId>> TablePlanner::Plan() {
  std::vector<NodeLoad> loads;
  for (const PlannedNode& node : nodes_)
    loads.push_back({.weight = node.weight, .zone = node.zone});
  for (const Members& members : original_) {
    for (int node : members) ++loads[node].held;
  }
  quotas_ = ReplicaQuotas(loads, static_cast<int>(members_.size()), copies_);
  Keep();
  Fill();
  Balance(/*only_free=*/true);
  Balance(/*only_free=*/false);
  Restore();

  std::vector<std::vector<NodeId>> table(members_.size());
  for (size_t p = 0; p < members_.size(); ++p) {
    Members members = members_[p];
    absl::c_sort(members, [&](int a, int b) {
      return std::make_pair(Cost(p, a), a) < std::make_pair(Cost(p, b), b);
    });
    for (int node : members) table[p].push_back(nodes_[node].id);
  }
  return table;
}

/// Everyone stays but those for whom a set has too many members or too few zones.
void TablePlanner::Keep() {
  for (size_t p = 0; p < original_.size(); ++p) {
    for (int node : original_[p]) Place(p, node);
  }
  for (size_t p = 0; p < original_.size(); ++p) {
    while (true) {
      const Members& members = members_[p];
      const int holes = copies_ - static_cast<int>(members.size());
      const int zones_missing = required_zones_ - DistinctZones(members);
      if (holes >= 0 && zones_missing <= holes) break;
      // The fullest node goes, of those whose zone has another member if zones are what is missing.
      int goes = -1;
      int goes_excess = 0;
      for (int node : members) {
        const bool zone_shared = absl::c_count_if(members, [&](int other) {
                                   return nodes_[other].zone == nodes_[node].zone;
                                 }) > 1;
        if (zones_missing > holes && !zone_shared) continue;
        const int excess = static_cast<int>(partitions_[node].size()) - quotas_[node];
        if (goes < 0 || excess > goes_excess ||
            (excess == goes_excess && Cost(p, node) > Cost(p, goes))) {
          goes = node;
          goes_excess = excess;
        }
      }
      TREBOL_CHECK(goes >= 0);
      Remove(p, goes);
    }
  }
}

void TablePlanner::Fill() {
  for (size_t p = 0; p < members_.size(); ++p) {
    for (int holes = copies_ - static_cast<int>(members_[p].size()); holes > 0; --holes) {
      const bool needs_zone = required_zones_ - DistinctZones(members_[p]) == holes;
      int best = -1;
      bool best_has_room = false;
      for (size_t n = 0; n < nodes_.size(); ++n) {
        if (Has(p, n) || (needs_zone && ZoneUsed(members_[p], nodes_[n].zone))) continue;
        const bool has_room = partitions_[n].size() < static_cast<size_t>(quotas_[n]);
        if (best < 0 ||
            std::make_pair(!has_room, Cost(p, n)) < std::make_pair(!best_has_room, Cost(p, best))) {
          best = static_cast<int>(n);
          best_has_room = has_room;
        }
      }
      TREBOL_CHECK(best >= 0);
      Place(p, best);
    }
  }
}

void TablePlanner::Balance(bool only_free) {
  for (size_t n = 0; n < nodes_.size(); ++n) {
    while (partitions_[n].size() > static_cast<size_t>(quotas_[n])) {
      const auto path = ShortestPath(n, only_free);
      if (!path) break;
      for (const Step& step : *path) Apply(step);
    }
  }
}

/// Cancels moves: a member that left comes back in the place of one that is new, if what it then
/// holds too much can be passed on to the one displaced by steps that are free.
void TablePlanner::Restore() {
  int attempts = kRestoreAttempts;
  int needless = NeedlessMoves();
  for (size_t p = 0; p < members_.size(); ++p) {
    for (int left : original_[p]) {
      if (needless <= 0) return;
      if (Has(p, left)) continue;
      const Members members = members_[p];
      for (int came : members) {
        if (!IsNew(p, came) || !MayReplace(p, came, left)) continue;
        if (--attempts < 0) return;
        Apply({.partition = static_cast<int>(p), .from = came, .to = left});
        const auto path = ShortestPath(left, /*only_free=*/true);
        if (path) {
          for (const Step& step : *path) Apply(step);
          needless = NeedlessMoves();
          break;
        }
        Apply({.partition = static_cast<int>(p), .from = left, .to = came});
      }
    }
  }
}

int TablePlanner::NeedlessMoves() const {
  int moves = 0;
  std::vector<int> held(nodes_.size());
  for (size_t p = 0; p < members_.size(); ++p) {
    moves += absl::c_count_if(members_[p], [&](int node) { return IsNew(p, node); });
    for (int node : original_[p]) ++held[node];
  }
  for (size_t n = 0; n < nodes_.size(); ++n) {
    moves -= std::max(0, static_cast<int>(partitions_[n].size()) - held[n]);
  }
  return moves;
}

std::optional<std::vector<TablePlanner::Step>> TablePlanner::ShortestPath(int from,
                                                                          bool only_free) const {
  if (const auto step = BestDirectStep(from, only_free)) return std::vector<Step>{*step};
  // Breadth first over nodes. A path never touches a partition twice: its steps are then
  // independent, and each leaves a legal set.
  std::vector<std::optional<Step>> reached_by(nodes_.size());
  const auto path_to = [&](int node) {
    std::vector<Step> path;
    for (; node != from; node = path.back().from) path.push_back(*reached_by[node]);
    return path;
  };
  std::deque<int> queue = {from};
  while (!queue.empty()) {
    const int at = queue.front();
    queue.pop_front();
    const std::vector<Step> path = path_to(at);
    for (int p : partitions_[at]) {
      if (absl::c_any_of(path, [p](const Step& step) { return step.partition == p; })) continue;
      for (size_t to = 0; to < nodes_.size(); ++to) {
        if (static_cast<int>(to) == from || reached_by[to] || (only_free && !IsFree(p, at, to)) ||
            !MayReplace(p, at, to))
          continue;
        reached_by[to] = Step{.partition = p, .from = at, .to = static_cast<int>(to)};
        if (partitions_[to].size() < static_cast<size_t>(quotas_[to])) return path_to(to);
        queue.push_back(static_cast<int>(to));
      }
    }
  }
  return std::nullopt;
}

std::optional<TablePlanner::Step> TablePlanner::BestDirectStep(int from, bool only_free) const {
  std::vector<int> below;
  for (size_t n = 0; n < nodes_.size(); ++n) {
    if (partitions_[n].size() < static_cast<size_t>(quotas_[n])) below.push_back(n);
  }
  std::optional<Step> best;
  double best_cost = std::numeric_limits<double>::infinity();
  for (int p : partitions_[from]) {
    for (int to : below) {
      if (Cost(p, to) >= best_cost || (only_free && !IsFree(p, from, to)) ||
          !MayReplace(p, from, to))
        continue;
      best = Step{.partition = p, .from = from, .to = to};
      best_cost = Cost(p, to);
    }
  }
  return best;
}

bool TablePlanner::Has(int partition, int node) const {
  return absl::c_linear_search(members_[partition], node);
}

bool TablePlanner::IsNew(int partition, int node) const {
  return !absl::c_linear_search(original_[partition], node);
}

bool TablePlanner::IsFree(int partition, int from, int to) const {
  return IsNew(partition, from) || !IsNew(partition, to);
}

int TablePlanner::DistinctZones(const Members& members) const {
  int distinct = 0;
  for (size_t i = 0; i < members.size(); ++i) {
    const bool seen = std::any_of(members.begin(), members.begin() + i, [&](int other) {
      return nodes_[other].zone == nodes_[members[i]].zone;
    });
    if (!seen) ++distinct;
  }
  return distinct;
}

bool TablePlanner::ZoneUsed(const Members& members, int zone) const {
  return absl::c_any_of(members, [&](int node) { return nodes_[node].zone == zone; });
}

bool TablePlanner::MayReplace(int partition, int from, int to) const {
  if (Has(partition, to)) return false;
  if (nodes_[from].zone == nodes_[to].zone || required_zones_ == 1) return true;
  Members members = members_[partition];
  absl::c_replace(members, from, to);
  return DistinctZones(members) >= required_zones_;
}

void TablePlanner::Place(int partition, int node) {
  members_[partition].push_back(node);
  partitions_[node].push_back(partition);
}

void TablePlanner::Remove(int partition, int node) {
  members_[partition].erase(absl::c_find(members_[partition], node));
  partitions_[node].erase(absl::c_find(partitions_[node], partition));
}

void TablePlanner::Apply(const Step& step) {
  Remove(step.partition, step.from);
  Place(step.partition, step.to);
}

}  // namespace trebol
