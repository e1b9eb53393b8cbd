#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/cluster/cluster_map.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"

namespace trebol::catalog {
namespace {

absl::Status Refuse(absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("the change of the map is none: ", why));
}

absl::Status ChangeNodes(const v1::ChangeMapCommand& command, v1::ClusterMap* map) {
  absl::flat_hash_map<uint64_t, int> places;
  for (int i = 0; i < map->nodes_size(); ++i) places[map->nodes(i).id()] = i;
  absl::flat_hash_set<uint64_t> named;
  for (const v1::ClusterNode& node : command.nodes()) {
    if (!named.insert(node.id()).second) {
      return Refuse(absl::StrCat("it names node ", ToHex(node.id()), " twice"));
    }
    const auto found = places.find(node.id());
    *(found == places.end() ? map->add_nodes() : map->mutable_nodes(found->second)) = node;
  }
  return absl::OkStatus();
}

absl::Status ChangePartitions(const v1::ChangeMapCommand& command, v1::ClusterMap* map) {
  absl::flat_hash_set<uint32_t> named;
  for (const v1::PartitionEntry& entry : command.partitions()) {
    // The first table is installed whole.
    if (entry.partition() >= static_cast<uint32_t>(map->partitions_size())) {
      return Refuse(absl::StrCat("it names partition ", entry.partition(), " of a table of ",
                                 map->partitions_size()));
    }
    if (!named.insert(entry.partition()).second) {
      return Refuse(absl::StrCat("it names partition ", entry.partition(), " twice"));
    }
    v1::PartitionEntry& changed = *map->mutable_partitions(static_cast<int>(entry.partition()));
    changed = entry;
    changed.set_epoch(map->epoch());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Outcome> ChangeMap(Transaction& rows, const v1::ChangeMapCommand& command,
                                      const ApplyContext& context) {
  ASSIGN_OR_RETURN(v1::ClusterMap map, GetMap(rows));
  if (map.epoch() != command.expected_epoch()) {
    return MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH,
                     absl::StrCat("the cluster map is at epoch ", map.epoch(), ", not ",
                                  command.expected_epoch(), "; plan again from the current one"));
  }
  if (command.nodes().empty() && command.partitions().empty()) {
    return Refuse("it names no node and no partition");
  }
  map.set_epoch(map.epoch() + 1);
  RETURN_IF_ERROR(ChangeNodes(command, &map));
  RETURN_IF_ERROR(ChangePartitions(command, &map));
  // What nodes and gateways would refuse is not published.
  RETURN_IF_ERROR(ClusterMap::FromProto(map).status());
  RETURN_IF_ERROR(PutMap(rows, map));
  return v1::Outcome();
}

}  // namespace trebol::catalog
