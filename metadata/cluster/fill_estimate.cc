#include "metadata/cluster/fill_estimate.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/cluster/placement.h"
#include "metadata/cluster/node_names.h"

namespace trebol {
namespace {

// What a node takes in, beside what clients ask of it, if it does not bound that itself; for the
// estimate only.
constexpr double kBytesPerSecond = 64.0 * kMiB;

struct Load {
  uint32_t partitions = 0;
  uint32_t partitions_after = 0;
  double in = 0;   // bytes
  double out = 0;  // bytes
};
using Loads = absl::flat_hash_map<NodeId, Load>;

/// Bytes of a copy of the partition.
double SizeOf(const ReplicaSet& set, const Loads& loads, const NodeMonitor& monitor) {
  double sum = 0;
  int heard = 0;
  for (const NodeId node : set.serving) {
    const auto seen = monitor.Find(node);
    const auto load = loads.find(node);
    if (!seen.has_value() || load == loads.end() || load->second.partitions == 0) continue;
    sum += static_cast<double>(seen->last.chunk_bytes()) / load->second.partitions;
    ++heard;
  }
  return heard == 0 ? 0 : sum / heard;
}

double RateOf(NodeId node, const NodeMonitor& monitor) {
  const auto seen = monitor.Find(node);
  const double bound = seen.has_value() ? static_cast<double>(seen->last.repair_rate()) : 0;
  return bound > 0 ? bound : kBytesPerSecond;
}

void AddNode(const v1::ClusterNode& node, const Load& load, const NodeMonitor& monitor,
             v1::NodeChangePlan* plan) {
  v1::NodeChangePlan::Node& shown = *plan->add_nodes();
  *shown.mutable_node() = node;
  shown.set_partitions_before(load.partitions);
  shown.set_partitions_after(load.partitions_after);
  const auto seen = monitor.Find(NodeId(node.id()));
  if (!seen.has_value()) return;
  const double before = static_cast<double>(seen->last.chunk_bytes());
  const double after = std::max(0.0, before + load.in - load.out);
  shown.set_bytes_before(seen->last.chunk_bytes());
  shown.set_bytes_after(static_cast<uint64_t>(after));
  const double capacity = static_cast<double>(seen->last.capacity_bytes());
  shown.set_capacity_bytes(seen->last.capacity_bytes());
  // What is no chunk (dead bytes, other files) stays where it is.
  const double used = capacity - static_cast<double>(seen->last.free_bytes()) + load.in;
  if (capacity > 0 && load.in > 0 && used > kPlanUpTo * capacity) {
    plan->add_refusals(absl::StrCat(
        NameOf(node), " would be ", static_cast<int>(100 * used / capacity), " % full, more than ",
        static_cast<int>(100 * kPlanUpTo), " %; free space on it, or add nodes first"));
  }
}

}  // namespace

void EstimateFill(const ClusterMap& map, const std::vector<v1::ClusterNode>& nodes,
                  const std::vector<ReplicaSet>& sets, const NodeMonitor& monitor,
                  v1::NodeChangePlan* plan) {
  Loads loads;
  for (const ReplicaSet& set : map.table()) {
    for (const NodeId node : MembersOf(set)) ++loads[node].partitions;
  }
  for (auto& [node, load] : loads) load.partitions_after = load.partitions;
  double moved = 0;
  uint32_t copies = 0;
  for (const ReplicaSet& set : sets) {
    const ReplicaSet& before = map.Replicas(set.partition);
    const std::vector<NodeId> had = MembersOf(before);
    const std::vector<NodeId> has = MembersOf(set);
    const double size = SizeOf(before, loads, monitor);
    for (const NodeId node : has) {
      if (absl::c_linear_search(had, node)) continue;
      ++loads[node].partitions_after;
      loads[node].in += size;
      moved += size;
      ++copies;
    }
    for (const NodeId node : had) {
      if (absl::c_linear_search(has, node)) continue;
      --loads[node].partitions_after;
      loads[node].out += size;
    }
  }
  plan->set_moved_partitions(static_cast<uint32_t>(sets.size()));
  plan->set_moved_copies(copies);
  plan->set_moved_bytes(static_cast<uint64_t>(moved));
  double seconds = 0;
  double rates = 0;  // of all that give
  for (const v1::ClusterNode& node : nodes) {
    const NodeId id(node.id());
    const v1::ClusterNode* before = map.FindNode(id);
    const bool was_out = before != nullptr && before->state() == v1::ClusterNode::OUT;
    if (node.state() == v1::ClusterNode::OUT && was_out && loads[id].partitions == 0) continue;
    const double rate = RateOf(id, monitor);
    seconds = std::max(seconds, loads[id].in / rate);
    if (loads[id].partitions > 0 && node.state() != v1::ClusterNode::OUT) rates += rate;
    AddNode(node, loads[id], monitor, plan);
  }
  plan->set_seconds(std::max(seconds, moved / (rates > 0 ? rates : kBytesPerSecond)));
}

}  // namespace trebol
