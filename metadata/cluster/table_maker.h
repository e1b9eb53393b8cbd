#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Makes the first partition table when the declared number of nodes has joined and is there: a
/// node that came and went gets no partition. Who joins or comes back later waits, visible and
/// without a partition, until an operator adds it. Pure.
class TableMaker {
 public:
  using Plan = std::function<absl::StatusOr<std::vector<ReplicaSet>>(
      const std::vector<v1::ClusterNode>&, const v1::ClusterConstants&)>;

  explicit TableMaker(Plan plan) : plan_(std::move(plan)) {}

  /// The command that installs the table; nullopt while there is nothing to do. `live` are the
  /// nodes that were heard just now.
  absl::StatusOr<std::optional<v1::InstallMapCommand>> Propose(
      const v1::ClusterMap& current, const absl::flat_hash_set<NodeId>& live) const;

 private:
  const Plan plan_;
};

}  // namespace trebol
