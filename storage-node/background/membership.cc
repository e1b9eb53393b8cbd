#include "storage-node/background/membership.h"

#include <utility>

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

v1::LogPosition ToProto(const LogLineage& lineage) {
  v1::LogPosition position;
  position.set_term(lineage.term);
  position.set_index(lineage.index.value);
  return position;
}

}  // namespace

bool IsFatalForMember(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case v1::WRONG_SECRET:
    case v1::WRONG_CLUSTER:
    case v1::WRONG_GENERATION:
    case v1::NODE_CONFLICT:
    case v1::INVALID_ARGUMENT:
    case v1::UNSUPPORTED_FORMAT:
      return true;
    default:
      return false;
  }
}

Membership::Membership(Runtime& runtime, std::shared_ptr<ClusterStub> metadata,
                       std::shared_ptr<Identity> identity, SegmentChunkStore& store, MapView& map,
                       BlockingPool& pool, Self self, Describe describe, Heed heed)
    : runtime_(runtime),
      metadata_(std::move(metadata)),
      identity_(std::move(identity)),
      store_(store),
      map_(map),
      pool_(pool),
      self_(std::move(self)),
      describe_(std::move(describe)),
      heed_(std::move(heed)),
      offers_(runtime, metadata_, store.identity().node, store) {}

absl::Status Membership::Tick() {
  if (!registered_) RETURN_IF_ERROR(Register());
  absl::Status status = Heartbeat();
  if (ReasonOf(status) == v1::NOT_REGISTERED) registered_ = false;  // the next tick registers again
  return status;
}

absl::Status Membership::Register() {
  const Superblock::Identity own = store_.identity();
  const StoreStatistics statistics = store_.Statistics();
  v1::RegisterNodeRequest request;
  request.set_node_id(own.node.value);
  request.set_disk_id(own.disk.value);
  request.set_incarnation(own.incarnation);
  request.set_endpoint(self_.endpoint);
  request.set_admin_endpoint(self_.admin_endpoint);
  request.set_zone(self_.zone);
  request.set_weight(self_.weight);
  request.set_cluster_id(own.cluster_id);
  request.set_generation(own.generation.value);
  *request.mutable_lineage() = ToProto(statistics.lineage);
  request.set_synced_position(statistics.synced_position);
  if (!own.cluster_id.empty()) identity_->Adopt(own.cluster_id, own.generation);

  ASSIGN_OR_RETURN(v1::RegisterNodeResponse response,
                   runtime_.BlockOn(metadata_->RegisterNode(BackgroundContext(), request)));
  RETURN_IF_ERROR(store_.AdoptCluster(response.cluster_id(), Generation(response.generation())));
  identity_->Adopt(response.cluster_id(), Generation(response.generation()));
  ASSIGN_OR_RETURN(const auto map, ClusterMap::FromProto(std::move(*response.mutable_map())));
  RETURN_IF_ERROR(map_.Install(map));
  registered_ = true;
  Log(LogLevel::kInfo, "storage", "registered",
      {{"node", ToString(own.node)},
       {"cluster", response.cluster_id()},
       {"zone", self_.zone},
       {"reconciling", response.reconciling() ? "true" : "false"}});
  return absl::OkStatus();
}

v1::HeartbeatRequest Membership::MakeHeartbeat() {
  const StoreStatistics statistics = store_.Statistics();
  const Superblock::Identity own = store_.identity();
  const BlockingPool::Load load = pool_.load();
  v1::HeartbeatRequest request;
  request.set_node_id(own.node.value);
  request.set_incarnation(own.incarnation);
  request.set_map_epoch(map_.map_epoch().value);
  *request.mutable_lineage() = ToProto(statistics.lineage);
  request.set_synced_position(statistics.synced_position);
  request.set_capacity_bytes(statistics.capacity_bytes);
  request.set_free_bytes(statistics.free_bytes);
  request.set_chunk_bytes(statistics.chunk_bytes);
  request.set_chunks(statistics.chunks);
  request.set_dead_bytes(statistics.dead_bytes);
  request.set_disk_bytes(statistics.disk_bytes);
  request.set_queued_requests(static_cast<uint32_t>(load.queued));
  request.set_oldest_queued_seconds(absl::ToDoubleSeconds(load.oldest));
  request.set_store_failed(statistics.failed);
  request.set_writes_refused(statistics.writes_refused);
  for (uint64_t session : settled_) request.add_settled_sessions(session);
  request.set_write_probe_seconds(absl::ToDoubleSeconds(statistics.write_latency));
  request.set_quarantined_chunks(statistics.quarantined_chunks);
  describe_(&request);
  return request;
}

absl::Status Membership::Heartbeat() {
  ASSIGN_OR_RETURN(const v1::HeartbeatResponse response,
                   runtime_.BlockOn(metadata_->Heartbeat(BackgroundContext(), MakeHeartbeat())));
  store_.NoteLineage({response.head().term(), LogIndex(response.head().index())});
  heed_(response);
  SettleSessions(response);
  if (response.map_epoch() > map_.map_epoch().value) return FetchMap();
  return absl::OkStatus();
}

absl::Status Membership::FetchMap() {
  v1::GetClusterMapRequest request;
  request.set_known_epoch(map_.map_epoch().value);
  ASSIGN_OR_RETURN(v1::GetClusterMapResponse response,
                   runtime_.BlockOn(metadata_->GetClusterMap(BackgroundContext(), request)));
  if (!response.has_map()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto map, ClusterMap::FromProto(std::move(*response.mutable_map())));
  RETURN_IF_ERROR(map_.Install(map));
  Log(LogLevel::kInfo, "storage", "cluster map installed",
      {{"epoch", std::to_string(map->epoch().value)}});
  return absl::OkStatus();
}

void Membership::SettleSessions(const v1::HeartbeatResponse& response) {
  std::set<uint64_t> asked(response.closed_sessions().begin(), response.closed_sessions().end());
  std::erase_if(settled_, [&asked](uint64_t session) { return !asked.contains(session); });
  for (uint64_t session : asked) {
    if (settled_.contains(session)) continue;
    auto settled = offers_.Settle(store_.identity().generation, SessionId(session));
    if (settled.ok() && *settled) {
      settled_.insert(session);
    } else if (!settled.ok()) {
      Log(LogLevel::kWarning, "storage", "versions of a closed session could not be offered yet",
          {{"session", ToHex(session)}, {"why", std::string(settled.status().message())}});
      return;
    }
  }
}

}  // namespace trebol
