#include "storage-node/service/map_view.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

InstalledEpoch RecordOf(const ReplicaSet& set) {
  return {set.partition, set.epoch, ToProto(set).SerializeAsString()};
}

}  // namespace

std::shared_ptr<const MapView::Table> MapView::table() const {
  MutexLock lock(&mutex_);
  return table_;
}

std::shared_ptr<const ClusterMap> MapView::map() const {
  MutexLock lock(&mutex_);
  return map_;
}

Epoch MapView::map_epoch() const {
  MutexLock lock(&mutex_);
  return map_epoch_;
}

absl::Status MapView::Install(const std::shared_ptr<const ClusterMap>& map) {
  MutexLock installing(&installing_);
  const auto known = table();
  if (known != nullptr && map->has_table() && map->partition_count() != known->size()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::WRONG_CLUSTER,
                     absl::StrCat("the cluster map has ", map->partition_count(),
                                  " partitions and this node has installed ", known->size(),
                                  ", which is a constant of a cluster; check --metadata"));
  }
  auto next = std::make_shared<Table>();
  std::vector<InstalledEpoch> newer;
  for (size_t i = 0; i < map->partition_count(); ++i) {
    const ReplicaSet& set = map->Replicas(PartitionId(i));
    const bool is_newer = known == nullptr || (*known)[i].epoch < set.epoch;
    next->push_back(is_newer ? set : (*known)[i]);
    if (is_newer) newer.push_back(RecordOf(set));
  }
  const bool record = !newer.empty() && !Planted("node.epoch_in_memory_only");
  if (record) RETURN_IF_ERROR(store_.InstallEpochs(newer));
  MutexLock lock(&mutex_);
  if (!next->empty()) table_ = std::move(next);
  if (map_epoch_ <= map->epoch()) map_ = map;
  map_epoch_ = std::max(map_epoch_, map->epoch());
  return absl::OkStatus();
}

absl::Status MapView::InstallEntry(const v1::PartitionEntry& entry) {
  MutexLock installing(&installing_);
  const auto known = table();
  if (known == nullptr || entry.partition() >= known->size()) return absl::OkStatus();
  if (Epoch(entry.epoch()) <= (*known)[entry.partition()].epoch) return absl::OkStatus();
  ReplicaSet set;
  set.partition = PartitionId(entry.partition());
  set.epoch = Epoch(entry.epoch());
  for (uint64_t id : entry.serving()) set.serving.push_back(NodeId(id));
  for (uint64_t id : entry.incoming()) set.incoming.push_back(NodeId(id));
  for (uint64_t id : entry.leaving()) set.leaving.push_back(NodeId(id));
  RETURN_IF_ERROR(store_.InstallEpochs({{RecordOf(set)}}));
  auto next = std::make_shared<Table>(*known);
  (*next)[entry.partition()] = std::move(set);
  MutexLock lock(&mutex_);
  table_ = std::move(next);
  return absl::OkStatus();
}

absl::Status MapView::Stale(const ReplicaSet& own, Epoch callers) {
  return MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH,
                   absl::StrCat("partition ", own.partition.value, " is at epoch ", own.epoch.value,
                                " and the call came with ", callers.value,
                                "; refresh the cluster map and repeat"),
                   ToProto(own).SerializeAsString());
}

absl::Status MapView::AdmitWrite(const ChunkId& chunk, PartitionId partition, Epoch epoch,
                                 const v1::PartitionEntry* entry, NodeId hint_for) {
  if (entry != nullptr && entry->partition() == partition.value) {
    RETURN_IF_ERROR(InstallEntry(*entry));
  }
  const auto table = this->table();
  if (table == nullptr || partition.value >= table->size()) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "this node has not read the current cluster map yet; try again");
  }
  if (const PartitionId right = PartitionOf(chunk, table->size()); right != partition) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat("chunk ", ToString(chunk), " belongs to partition ", right.value,
                                  " of ", table->size(), " and the call says ", partition.value,
                                  "; the caller computes places as another release does"));
  }
  const ReplicaSet& own = (*table)[partition.value];
  if (epoch < own.epoch && Planted("node.admits_stale_writers")) return absl::OkStatus();
  if (epoch < own.epoch) return Stale(own, epoch);
  if (epoch > own.epoch) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     absl::StrCat("this node knows epoch ", own.epoch.value, " of partition ",
                                  partition.value, " and the call came with ", epoch.value,
                                  "; try again when it has the newer map"));
  }

  // A copy that stands in for that of a member belongs to nobody else: who is no member gives it to
  // the members of the partition, and to a node that is none they would owe nothing.
  if (own.IsMember(self_) || own.IsMember(hint_for)) return absl::OkStatus();
  const std::string stands_in = hint_for == NodeId()
                                    ? ""
                                    : absl::StrCat(", nor does node ", ToString(hint_for),
                                                   " whose copy this would stand in for");
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::STALE_EPOCH,
                   absl::StrCat("node ", ToString(self_), " does not serve partition ",
                                partition.value, stands_in, "; refresh the cluster map and repeat"),
                   ToProto(own).SerializeAsString());
}

absl::Status MapView::ExplainMiss(PartitionId partition, Epoch epoch,
                                  const absl::Status& missed) const {
  const auto table = this->table();
  if (table == nullptr || partition.value >= table->size()) return missed;
  const ReplicaSet& own = (*table)[partition.value];
  return epoch < own.epoch ? Stale(own, epoch) : missed;
}

absl::Status MapView::CheckAddressee(NodeId node) const {
  if (node == self_) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::WRONG_NODE,
                   absl::StrCat("the call is meant for node ", ToString(node), " and has come to ",
                                ToString(self_), "; do both have one --advertise or --listen?"));
}

absl::Status MapView::AdmitPeer(Epoch map_epoch) const {
  const Epoch own = this->map_epoch();
  if (own >= map_epoch || Planted("node.answer_under_older_map")) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kUnavailable, v1::NOT_READY,
      absl::StrCat("node ", ToString(self_), " knows map epoch ", own.value, " and is asked under ",
                   map_epoch.value, "; ask again when it has the newer map"));
}

absl::Status MapView::AdmitForgetting(const v1::PartitionEntry& entry) {
  RETURN_IF_ERROR(InstallEntry(entry));
  const auto table = this->table();
  if (table == nullptr || entry.partition() >= table->size()) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "this node has not read the current cluster map yet; try again");
  }
  const ReplicaSet& own = (*table)[entry.partition()];
  if (Planted("node.forget_at_another_epoch")) return absl::OkStatus();
  if (Epoch(entry.epoch()) != own.epoch || !own.IsMember(self_)) {
    return Stale(own, Epoch(entry.epoch()));
  }
  return absl::OkStatus();
}

absl::Status MapView::Forget(ChunkInventory& inventory, PartitionId partition, Epoch epoch,
                             absl::Span<const ChunkId> chunks) {
  MutexLock installing(&installing_);
  const auto table = this->table();
  TREBOL_CHECK(table != nullptr && partition.value < table->size());
  const ReplicaSet& own = (*table)[partition.value];
  if (own.epoch != epoch || own.IsMember(self_)) return Stale(own, epoch);
  return inventory.Forget(chunks);
}

absl::Status MapView::AdmitDelete(Epoch map_epoch) const {
  const Epoch own = this->map_epoch();
  if (own == Epoch()) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "this node has not read the current cluster map yet; try again");
  }
  if (map_epoch >= own || Planted("node.delete_under_older_map")) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kAborted, v1::STALE_EPOCH,
      absl::StrCat("the deletion was ordered under map epoch ", map_epoch.value,
                   " and this node knows ", own.value, "; repeat under the newer map"));
}

}  // namespace trebol
