#include "tests/simulation/large_cluster.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "metadata/cluster/node_change.h"

namespace trebol::simulation {
namespace {

constexpr int kNodes = 1000;
constexpr int kZones = 10;
constexpr uint32_t kPartitions = 16'384;
constexpr int kCopies = 3;
constexpr int kTrouble = 240;  // seconds in which things happen
constexpr int kHealing = 200;  // and then in which they come to rest
constexpr absl::Duration kOutAfter = absl::Seconds(60);
constexpr absl::Duration kReaction = absl::Seconds(20);  // of detectors, plans and reports
constexpr uint64_t kBatch = 8ULL << 20;
constexpr int kWindow = 10;  // seconds over which the cap is looked at
constexpr double kMostFill = 1.10;

absl::Duration LongestRepair(uint64_t bytes_to_copy, double rate) {
  return kOutAfter + kReaction + absl::Seconds(1.2 * static_cast<double>(bytes_to_copy) / rate);
}

}  // namespace

void LargeClusterRun::Add(const LargeClusterRun& other) {
  deaths += other.deaths;
  absences += other.absences;
  joins += other.joins;
  outs += other.outs;
  copies += other.copies;
  lost += other.lost;
  fastest_share = std::max(fastest_share, other.fastest_share);
  slowest_repair = std::max(slowest_repair, other.slowest_repair);
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

std::string LargeClusterRun::Summary() const {
  return absl::StrFormat(
      "%d deaths, %d absences, %d joins, %d given up, %d copies of partitions made, %d partitions "
      "lost with all their nodes at once; at most %.2f of the cap in any 10 s, at most %.0f s with "
      "too few copies; %d violations",
      deaths, absences, joins, outs, copies, lost, fastest_share, slowest_repair,
      violations.size());
}

LargeCluster::LargeCluster(uint64_t seed)
    : random_(seed), cluster_(kNodes, kPartitions, kCopies, kZones), keeper_({kOutAfter}) {
  holders_.resize(kPartitions);
  whole_at_.resize(kPartitions);
  MapChanged();
  for (const ReplicaSet& set : map_->table()) {
    for (const NodeId node : set.serving) holders_[set.partition.value].insert(node.value);
  }
  for (uint64_t id = 1; id <= kNodes; ++id) nodes_[id];
}

LargeClusterRun LargeCluster::Run() {
  while (second_ < kTrouble + kHealing && run_.violations.empty()) {
    if (second_ < kTrouble) Plan(second_);
    Second();
  }
  if (run_.violations.empty()) CheckEnd();
  return std::move(run_);
}

void LargeCluster::Violate(const std::string& what) {
  if (run_.violations.size() < 10) run_.violations.push_back(absl::StrCat(second_, " s: ", what));
}

// ---- What happens ----

void LargeCluster::Plan(int second) {
  const auto any = [this] { return std::uniform_int_distribution<uint64_t>(1, kNodes)(random_); };
  // Detectors first learn how nodes beat.
  if (second < 15) return;
  if (second % 40 == 15) Die(any());
  if (second % 60 == 25) {
    Node& node = nodes_[any()];
    const uint64_t id = std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& one) {
                          return &one.second == &node;
                        })->first;
    if (!node.alive || !node.present) return;
    ++run_.absences;
    node.present = false;
    cluster_.Silence(id);
    returns_.emplace(second + 30, id);
  }
  if (second == 70) Join();
  if (second == 100 || second == 170) {
    // Two, then three nodes that share a partition, at once.
    const ReplicaSet& set = map_->table()[any() % kPartitions];
    const size_t count = second == 100 ? 2 : 3;
    const std::vector<NodeId> members = set.serving;
    for (size_t i = 0; i < std::min(count, members.size()); ++i) Die(members[i].value);
    if (count == 3) given_up_ = members;
  }
  if (second == 200) SetOut(given_up_);
}

void LargeCluster::SetOut(const std::vector<NodeId>& nodes) {
  v1::ChangeMapCommand change;
  change.set_expected_epoch(cluster_.proto().epoch());
  for (const NodeId id : nodes) {
    if (cluster_.Node(id.value).state() == v1::ClusterNode::OUT) continue;
    v1::ClusterNode& node = *change.add_nodes();
    node = cluster_.Node(id.value);
    node.set_state(v1::ClusterNode::OUT);
    node.set_removed(true);
    ++run_.outs;
  }
  if (change.nodes().empty()) return;
  cluster_.Apply(change);
  MapChanged();
}

void LargeCluster::Die(uint64_t id) {
  Node& node = nodes_[id];
  if (!node.alive) return;
  ++run_.deaths;
  node.alive = node.present = false;
  node.left.clear();
  cluster_.Silence(id);
  for (uint32_t p = 0; p < kPartitions; ++p) {
    if (holders_[p].erase(id) == 0 || !holders_[p].empty()) continue;
    ++run_.lost;
    const absl::Duration since = cluster_.clock().Now() - whole_at_[p];
    if (since > LongestRepair(kPartitionBytes * 64, kRate)) {
      Violate(absl::StrCat("partition ", p, " lost its last copy ", absl::FormatDuration(since),
                           " after it had all of them"));
    }
  }
}

void LargeCluster::Join() {
  const uint64_t id = kNodes + run_.joins + 1;
  ++run_.joins;
  cluster_.AddNode(id, v1::ClusterNode::WAITING, absl::StrCat("zone-", id % kZones));
  nodes_[id];
  cluster_.Beat();
  MapChanged();
  v1::NodeChange change;
  change.set_verb(v1::NodeChange::ADD);
  change.add_nodes(cluster_.Node(id).endpoint());
  const auto planned = PlanNodeChange(change, *map_, cluster_.monitor(), cluster_.clock().Now());
  if (!planned.ok() || planned->plan.refusals_size() > 0) {
    return Violate(absl::StrCat("the new node is refused: ", planned.status().ToString()));
  }
  // Members that are gone move as well, if a node was given up a moment ago.
  const double fair = static_cast<double>(kPartitions) * kCopies / (kNodes + 1);
  if (planned->plan.moved_copies() > 1.1 * fair + 1) {
    Violate(absl::StrCat("the new node moves ", planned->plan.moved_copies(),
                         " copies, its share is ", fair));
  }
  for (const v1::ChangeMapCommand& command : InCommands(*map_, planned->nodes, planned->sets)) {
    cluster_.Apply(command);
  }
  MapChanged();
}

// ---- A second ----

void LargeCluster::Second() {
  ++second_;
  for (auto [from, to] = returns_.equal_range(second_); from != to; ++from) {
    Node& node = nodes_[from->second];
    if (!node.alive) continue;
    node.present = true;
    cluster_.Revive(from->second);
  }
  for (auto& [id, node] : nodes_) Copy(id, node);
  cluster_.clock().Advance(absl::Seconds(1));
  GiveAway();
  Say();
  cluster_.Beat();
  KeepMap();
  Check();
}

void LargeCluster::Copy(uint64_t id, Node& node) {
  uint64_t copied = 0;
  const Instant end = cluster_.clock().Now() + absl::Seconds(1);
  node.next_pull = std::max(node.next_pull, cluster_.clock().Now());
  while (node.alive && node.present && !node.left.empty() && node.next_pull < end) {
    // As PartitionSync does: the most endangered first.
    auto next = node.left.end();
    for (auto one = node.left.begin(); one != node.left.end(); ++one) {
      const auto& holders = holders_[one->first];
      const bool has_source = std::any_of(holders.begin(), holders.end(),
                                          [this](uint64_t other) { return nodes_[other].present; });
      if (!has_source) continue;
      const auto sources = [this](uint32_t p) { return SourcesOf(map_->table()[p], *map_); };
      if (next == node.left.end() || sources(one->first) < sources(next->first)) next = one;
    }
    if (next == node.left.end()) break;
    const uint64_t bytes = std::min(kBatch, next->second);
    copied += bytes;
    next->second -= bytes;
    node.next_pull =
        node.next_pull + absl::Milliseconds(5) + node.pacer.Spend(node.next_pull, bytes);
    if (next->second > 0) continue;
    holders_[next->first].insert(id);
    node.left.erase(next);
    ++run_.copies;
  }
  node.seconds.push_back(copied);
  if (node.seconds.size() > kWindow) node.seconds.pop_front();
  uint64_t sum = 0;
  for (const uint64_t bytes : node.seconds) sum += bytes;
  const double share = static_cast<double>(sum) / (kRate * kWindow);
  run_.fastest_share = std::max(run_.fastest_share, share);
  // Beyond the rate: a burst, and the batch that is counted when it begins.
  const double slack = static_cast<double>(kBatch) / (kRate * kWindow) + 0.25 / kWindow;
  if (share > 1 + slack) {
    Violate(absl::StrCat("node ", id, " copied ", sum, " bytes in ", kWindow, " s"));
  }
}

void LargeCluster::GiveAway() {
  for (const uint32_t p : moving_) {
    const ReplicaSet& set = map_->table()[p];
    const bool all = set.incoming.empty() &&
                     std::all_of(set.serving.begin(), set.serving.end(), [&](NodeId node) {
                       return nodes_[node.value].present && Holds(p, node.value);
                     });
    if (!all) continue;
    for (const NodeId node : set.leaving) {
      if (nodes_[node.value].present) holders_[p].erase(node.value);
    }
  }
}

void LargeCluster::Say() {
  for (const auto& [id, node] : nodes_) {
    v1::HeartbeatRequest& says = cluster_.Says(id);
    says.clear_complete();
    says.clear_stray_partitions();
    says.set_stray_epoch(cluster_.proto().epoch());
  }
  for (const uint32_t p : moving_) {
    const ReplicaSet& set = map_->table()[p];
    for (const NodeId node : set.incoming) {
      // Of what is lost there is nothing to copy.
      if (!Holds(p, node.value) && !holders_[p].empty()) continue;
      auto& complete = *cluster_.Says(node.value).add_complete();
      complete.set_partition(p);
      complete.set_epoch(set.epoch.value);
    }
    for (const NodeId node : set.leaving) {
      if (Holds(p, node.value)) cluster_.Says(node.value).add_stray_partitions(p);
    }
  }
}

void LargeCluster::KeepMap() {
  const auto change = keeper_.Tick(cluster_.clock().Now(), *map_, cluster_.monitor());
  if (!change.ok()) return Violate(absl::StrCat("no plan: ", change.status().ToString()));
  if (!change->has_value()) return;
  for (const v1::ClusterNode& node : (*change)->nodes()) {
    const bool out = node.state() == v1::ClusterNode::OUT;
    if (!out || cluster_.Node(node.id()).state() == v1::ClusterNode::OUT) continue;
    ++run_.outs;
    if (nodes_[node.id()].alive) Violate(absl::StrCat("node ", node.id(), " lives and is OUT"));
  }
  cluster_.Apply(**change);
  MapChanged();
}

void LargeCluster::MapChanged() {
  map_ = cluster_.map();
  moving_.clear();
  for (auto& [id, node] : nodes_) {
    std::erase_if(node.left, [&](const auto& one) {
      const auto& incoming = map_->table()[one.first].incoming;
      return std::find(incoming.begin(), incoming.end(), NodeId(id)) == incoming.end();
    });
  }
  for (uint32_t p = 0; p < kPartitions; ++p) {
    const ReplicaSet& set = map_->table()[p];
    if (!IsMoving(set)) continue;
    moving_.push_back(p);
    for (const NodeId node : set.incoming) {
      if (Holds(p, node.value) || holders_[p].empty()) continue;
      nodes_[node.value].left.try_emplace(p, kPartitionBytes);
    }
  }
}

// ---- What must hold ----

std::string LargeCluster::Describe(const ReplicaSet& set) {
  std::string text;
  for (const auto& [role, nodes] :
       {std::pair("serving", &set.serving), std::pair("incoming", &set.incoming),
        std::pair("leaving", &set.leaving)}) {
    for (const NodeId id : *nodes) {
      const v1::ClusterNode& node = cluster_.Node(id.value);
      absl::StrAppend(&text, role, " ", id.value, " (", v1::ClusterNode::State_Name(node.state()),
                      node.down() ? ", down" : "", nodes_[id.value].present ? "" : ", away",
                      Holds(static_cast<uint32_t>(set.partition.value), id.value) ? ", has it" : "",
                      ", copies ", nodes_[id.value].left.size(), ") ");
    }
  }
  return text;
}

void LargeCluster::Check() {
  const Instant now = cluster_.clock().Now();
  for (uint32_t p = 0; p < kPartitions; ++p) {
    if (holders_[p].size() >= kCopies || holders_[p].empty()) {
      whole_at_[p] = now;
      continue;
    }
    const absl::Duration since = now - whole_at_[p];
    run_.slowest_repair = std::max(run_.slowest_repair, absl::ToDoubleSeconds(since));
    uint64_t to_copy = kPartitionBytes;
    for (const NodeId node : map_->table()[p].incoming) {
      to_copy += nodes_[node.value].left.size() * kPartitionBytes;
    }
    if (since > LongestRepair(to_copy, kRate) + kOutAfter) {
      Violate(absl::StrCat("partition ", p, " has ", holders_[p].size(), " copies for ",
                           absl::FormatDuration(since), ": ", Describe(map_->table()[p])));
    }
  }
}

void LargeCluster::CheckEnd() {
  for (const uint32_t p : moving_) {
    Violate(absl::StrCat("partition ", p, " still moves: ", Describe(map_->table()[p])));
  }
  std::map<uint64_t, uint32_t> held;
  for (uint32_t p = 0; p < kPartitions; ++p) {
    const ReplicaSet& set = map_->table()[p];
    std::set<std::string> zones;
    for (const NodeId node : set.serving) {
      ++held[node.value];
      zones.insert(cluster_.Node(node.value).zone());
      if (!nodes_[node.value].alive) Violate(absl::StrCat("partition ", p, " names a dead node"));
      // What was lost with all its nodes is on nobody.
      if (!holders_[p].empty() && !Holds(p, node.value)) {
        Violate(absl::StrCat("node ", node.value, " lacks partition ", p));
      }
    }
    if (zones.size() != kCopies) Violate(absl::StrCat("partition ", p, " is in too few zones"));
    if (!holders_[p].empty() && holders_[p].size() != kCopies) {
      Violate(absl::StrCat("partition ", p, " has ", holders_[p].size(), " copies"));
    }
  }
  const double mean = static_cast<double>(kPartitions) * kCopies / static_cast<double>(held.size());
  for (const auto& [node, partitions] : held) {
    if (partitions > kMostFill * mean) {
      Violate(absl::StrCat("node ", node, " holds ", partitions, " partitions of ", mean));
    }
  }
}

}  // namespace trebol::simulation
