#include "common/cluster/write_quorum.h"

#include <algorithm>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trebol {
namespace {

constexpr size_t kMostNamed = 5;

/// The nodes that are away and belong to a partition, as people know them.
std::string NameAway(const ClusterMap& map, const absl::flat_hash_set<NodeId>& up,
                     std::optional<NodeId> without) {
  absl::flat_hash_set<NodeId> members;
  for (const ReplicaSet& set : map.table()) {
    members.insert(set.serving.begin(), set.serving.end());
    members.insert(set.incoming.begin(), set.incoming.end());
  }
  std::vector<std::string> away;
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    const NodeId id(node.id());
    if (up.contains(id) || !members.contains(id) || id == without) continue;
    away.push_back(node.endpoint().empty() ? ToString(id) : node.endpoint());
  }
  if (away.empty()) return "";
  const size_t more = away.size() - std::min(away.size(), kMostNamed);
  away.resize(away.size() - more);
  return absl::StrCat("; away: ", absl::StrJoin(away, ", "),
                      more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

}  // namespace

std::string WhyNoWrites(const ClusterMap& map, std::optional<NodeId> without) {
  if (!map.has_table()) {
    return "the cluster is forming: it has no partition table until the declared number of storage "
           "nodes has joined";
  }
  absl::flat_hash_set<NodeId> up;
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    const NodeId id(node.id());
    if (!node.down() && node.state() != v1::ClusterNode::OUT && id != without) up.insert(id);
  }
  size_t blocked = 0;
  const auto is_up = [&up](NodeId node) { return up.contains(node); };
  for (const ReplicaSet& set : map.table()) {
    if (without.has_value() && !set.IsMember(*without)) continue;
    const auto live = absl::c_count_if(set.serving, is_up) + absl::c_count_if(set.incoming, is_up);
    if (live < map.write_quorum()) ++blocked;
  }
  if (blocked == 0) return "";
  const std::string members =
      absl::StrCat(map.write_quorum(), map.write_quorum() == 1 ? " member" : " members", " up");
  return absl::StrCat(without.has_value() ? "without this node " : "", blocked, " of ",
                      map.partition_count(),
                      map.partition_count() == 1 ? " partition" : " partitions",
                      without.has_value() ? " would have fewer than " : " have fewer than ",
                      members, " and take no writes", NameAway(map, up, without));
}

}  // namespace trebol
