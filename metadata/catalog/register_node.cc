#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/ids.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/constants.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

absl::Status Refuse(ErrorReason reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

absl::Status CheckMembership(const v1::RegisterNodeRequest& node, const v1::ClusterRow& cluster) {
  const std::string name = absl::StrCat("node ", ToHex(node.node_id()));
  if (node.node_id() == 0 || node.endpoint().empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "a node needs an id and an endpoint to register");
  }
  if (!node.cluster_id().empty() && node.cluster_id() != cluster.cluster_id()) {
    return Refuse(
        v1::WRONG_CLUSTER,
        absl::StrCat(name, " belongs to cluster ", node.cluster_id(), ", but this is ",
                     cluster.cluster_id(), "; check the metadata endpoint and the data directory"));
  }
  if (!node.cluster_id().empty() && node.generation() != cluster.generation()) {
    return Refuse(v1::WRONG_GENERATION,
                  absl::StrCat(name, " knows generation ", ToHex(node.generation()),
                               ", but this cluster is in ", ToHex(cluster.generation()),
                               "; an operator must confirm the succession"));
  }
  return CheckConstants(node.constants(), cluster.constants(), name);
}

// `known` is what was recorded of this node id.
absl::Status CheckSameStore(const v1::RegisterNodeRequest& node, const v1::NodeRow& known) {
  const std::string name = absl::StrCat("node ", ToHex(node.node_id()));
  if (node.disk_id() != known.registration().disk_id() && !Planted("catalog.takes_any_disk")) {
    return Refuse(v1::NODE_CONFLICT,
                  absl::StrCat(name, " registered disk ", ToHex(known.registration().disk_id()),
                               " before and comes with disk ", ToHex(node.disk_id()),
                               "; a replaced disk joins as a new node with an empty directory"));
  }
  if (node.incarnation() < known.incarnation()) {
    return Refuse(
        v1::NODE_CONFLICT,
        absl::StrCat(name, " counts ", node.incarnation(), " starts, but ", known.incarnation(),
                     " are known: its directory is an older copy, or another process "
                     "uses it; stop the other one, or join with an empty directory"));
  }
  if (node.incarnation() == known.incarnation() &&
      node.endpoint() != known.registration().endpoint()) {
    return Refuse(v1::NODE_CONFLICT,
                  absl::StrCat(name, " runs at ", known.registration().endpoint(),
                               " already and registers again from ", node.endpoint(),
                               "; a directory was copied: stop one of the two"));
  }
  return absl::OkStatus();
}

// The map shows every node; true if it had to change.
bool ShowInMap(const v1::RegisterNodeRequest& node, v1::ClusterMap* map) {
  auto* nodes = map->mutable_nodes();
  const auto found = std::find_if(nodes->begin(), nodes->end(), [&](const v1::ClusterNode& other) {
    return other.id() == node.node_id();
  });
  // What others say of the node stays: state, down, removed.
  v1::ClusterNode shown = found == nodes->end() ? v1::ClusterNode() : *found;
  shown.set_id(node.node_id());
  shown.set_endpoint(node.endpoint());
  shown.set_admin_endpoint(node.admin_endpoint());
  shown.set_zone(node.zone());
  shown.set_weight(node.weight() > 0 ? node.weight() : 1);
  if (found == nodes->end()) shown.set_state(v1::ClusterNode::WAITING);
  if (found == nodes->end()) {
    *nodes->Add() = shown;
  } else if (found->SerializeAsString() == shown.SerializeAsString()) {
    return false;
  } else {
    *found = shown;
  }
  map->set_epoch(map->epoch() + 1);
  return true;
}

}  // namespace

absl::StatusOr<v1::Outcome> RegisterNode(Transaction& rows, const v1::RegisterNodeCommand& command,
                                         const ApplyContext& context) {
  const v1::RegisterNodeRequest& node = command.request();
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, GetCluster(rows));
  RETURN_IF_ERROR(CheckMembership(node, cluster));
  const std::string key = row_keys::Node(NodeId(node.node_id()));
  ASSIGN_OR_RETURN(auto known, GetRow<v1::NodeRow>(rows, key));
  if (!known.has_value() && !node.cluster_id().empty()) {
    return Refuse(v1::LINEAGE_MISSING,
                  absl::StrCat("node ", ToHex(node.node_id()),
                               " joined this cluster before, but metadata has no record of it: "
                               "metadata lost entries of its log, or the node was forgotten; "
                               "restore metadata, or join with an empty directory"));
  }
  v1::NodeRow row = known.value_or(v1::NodeRow());
  if (known.has_value()) {
    RETURN_IF_ERROR(CheckSameStore(node, *known));
    // What was durable there once is not any more: its copies are in doubt.
    const bool has_less = node.synced_position() < known->synced_position();
    if (has_less && !Planted("catalog.less_is_enough")) row.set_reconciling(true);
  }
  *row.mutable_registration() = node;
  row.set_incarnation(node.incarnation());
  row.set_synced_position(node.synced_position());
  if (!known.has_value() || row.SerializeAsString() != known->SerializeAsString()) {
    RETURN_IF_ERROR(PutRow(rows, key, row));
  }

  ASSIGN_OR_RETURN(v1::ClusterMap map, GetMap(rows));
  if (ShowInMap(node, &map)) {
    RETURN_IF_ERROR(PutMap(rows, map));
  }
  v1::Outcome outcome;
  outcome.mutable_register_node()->set_reconciling(row.reconciling());
  return outcome;
}

}  // namespace trebol::catalog
