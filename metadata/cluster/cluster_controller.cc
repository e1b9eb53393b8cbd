#include "metadata/cluster/cluster_controller.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/cluster/job_kind.h"
#include "common/telemetry/log.h"
#include "metadata/cluster/audit_reasons.h"
#include "metadata/cluster/node_change.h"
#include "metadata/cluster/session_settler.h"

namespace trebol {
namespace {

std::vector<NodeId> InUse(const v1::ClusterMap& map) {
  std::vector<NodeId> nodes;
  for (const v1::ClusterNode& node : map.nodes()) {
    if (node.state() != v1::ClusterNode::OUT) nodes.emplace_back(node.id());
  }
  return nodes;
}

absl::Status CheckKnown(const std::vector<NodeId>& nodes, const ClusterMap& map) {
  for (const NodeId node : nodes) {
    if (map.FindNode(node) != nullptr) continue;
    std::vector<std::string> known;
    for (const v1::ClusterNode& one : map.proto().nodes()) known.push_back(ToHex(one.id()));
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
        absl::StrCat("--node-out ", ToString(node), ": this cluster has no such node; it has ",
                     known.empty() ? "none" : absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

// The map may change while a change is planned on it.
constexpr int kApplyAttempts = 5;

void LogNodes(const ClusterMap& map, const v1::ChangeMapCommand& change) {
  for (const v1::ClusterNode& node : change.nodes()) {
    const v1::ClusterNode* before = map.FindNode(NodeId(node.id()));
    if (before == nullptr) continue;
    if (before->state() != node.state()) {
      Log(LogLevel::kInfo, "metadata", "a node changed its state",
          {{"node", ToHex(node.id())},
           {"endpoint", node.endpoint()},
           {"from", v1::ClusterNode::State_Name(before->state())},
           {"to", v1::ClusterNode::State_Name(node.state())}});
    }
    if (before->down() != node.down()) {
      Log(node.down() ? LogLevel::kWarning : LogLevel::kInfo, "metadata",
          node.down() ? "a node is down" : "a node is up again",
          {{"node", ToHex(node.id())}, {"endpoint", node.endpoint()}});
    }
  }
}

bool IsOut(NodeId node, const ClusterMap& map) {
  const v1::ClusterNode* found = map.FindNode(node);
  return found != nullptr && found->state() == v1::ClusterNode::OUT;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ClusterController>> ClusterController::Create(
    Catalog* catalog, const Clock* clock, GarbageCollector::DeleteVersions delete_versions,
    TableMaker::Plan plan, Options options, NodeQuestions questions) {
  ASSIGN_OR_RETURN(const v1::ClusterMap map, catalog->Map());
  auto self = absl::WrapUnique(new ClusterController(catalog, clock, std::move(delete_versions),
                                                     std::move(plan), std::move(options),
                                                     std::move(questions), InUse(map)));
  RETURN_IF_ERROR(self->RefreshMap());
  RETURN_IF_ERROR(self->jobs_.Load());
  RETURN_IF_ERROR(CheckKnown(self->options_.nodes_out, *self->map()));
  // A shut gate is no failure to open: nodes must be able to come and say what they saw.
  const absl::Status begun = self->BeginIfAllowed();
  const bool waits = ReasonOf(begun) == v1::NOT_READY || ReasonOf(begun) == v1::LINEAGE_MISSING;
  if (!begun.ok() && !waits) return begun;
  return self;
}

ClusterController::ClusterController(Catalog* catalog, const Clock* clock,
                                     GarbageCollector::DeleteVersions delete_versions,
                                     TableMaker::Plan plan, Options options,
                                     NodeQuestions questions, const std::vector<NodeId>& known)
    : catalog_(catalog),
      clock_(clock),
      options_(std::move(options)),
      started_(clock->Now()),
      table_maker_(std::move(plan)),
      gate_([catalog](const v1::LogPosition& position) { return catalog->HistoryHas(position); },
            known, started_, options_.gate),
      jobs_(catalog, clock),
      keeper_(options_.keeper),
      unseen_garbage_(catalog, GarbageKind::kUnseen, delete_versions, options_.collector),
      seen_garbage_(catalog, GarbageKind::kSeen, std::move(delete_versions), options_.collector),
      audits_(questions.stat_chunks != nullptr && questions.list_versions != nullptr),
      chunk_audit_(catalog, std::move(questions.stat_chunks), started_, options_.chunk_audit),
      orphan_audit_(catalog, std::move(questions.list_versions), started_, options_.orphan_audit),
      recorded_at_(started_) {}

// ---- What nodes ask ----

void ClusterController::Hear(NodeId node, const std::string& cluster_id, uint64_t generation,
                             const v1::LogPosition& lineage) {
  // Of another cluster or another life of it: its positions say nothing about this log.
  if (cluster_id != catalog_->identity().cluster_id) return;
  if (Generation(generation) != catalog_->identity().generation) return;
  gate_.Hear(node, lineage);
}

absl::Status ClusterController::HearNewcomer(const v1::RegisterNodeRequest& request) {
  ASSIGN_OR_RETURN(const auto known, catalog_->Node(NodeId(request.node_id())));
  if (!known.has_value()) return absl::OkStatus();
  // It registered, and died before it had written down of which cluster it is. It has seen nothing
  // of any log and holds nothing, but the gate would wait for it for ever.
  const bool same_disk = known->registration().disk_id() == request.disk_id();
  if (same_disk) gate_.Hear(NodeId(request.node_id()), v1::LogPosition());
  return absl::OkStatus();
}

absl::StatusOr<v1::RegisterNodeResponse> ClusterController::RegisterNode(
    const v1::RegisterNodeRequest& request) {
  if (request.cluster_id().empty()) {
    RETURN_IF_ERROR(HearNewcomer(request));
  } else {
    Hear(NodeId(request.node_id()), request.cluster_id(), request.generation(), request.lineage());
  }
  RETURN_IF_ERROR(BeginIfAllowed());
  v1::Command command;
  *command.mutable_register_node()->mutable_request() = request;
  ASSIGN_OR_RETURN(const SubmitResult result, catalog_->Submit(std::move(command)));
  monitor_.Registered(NodeId(request.node_id()), clock_->Now());
  RETURN_IF_ERROR(RefreshMap());
  // The last of the declared nodes finds its table already.
  RETURN_IF_ERROR(MakeTable());

  v1::RegisterNodeResponse response;
  response.set_cluster_id(catalog_->identity().cluster_id);
  response.set_generation(catalog_->identity().generation.value);
  *response.mutable_map() = map()->proto();
  response.set_reconciling(result.outcome.register_node().reconciling());
  return response;
}

absl::StatusOr<v1::HeartbeatResponse> ClusterController::Heartbeat(
    const v1::HeartbeatRequest& request) {
  const NodeId node(request.node_id());
  ASSIGN_OR_RETURN(const auto row, catalog_->Node(node));
  if (!row.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::NOT_REGISTERED,
                     absl::StrCat("node ", ToString(node),
                                  " is not registered in this cluster; register it first"));
  }
  RETURN_IF_ERROR(monitor_.Heartbeat(request, *row, clock_->Now()));
  gate_.Hear(node, request.lineage());
  RETURN_IF_ERROR(BeginIfAllowed());

  v1::HeartbeatResponse response;
  *response.mutable_head() = catalog_->head();
  jobs_.Tell(&response);
  MutexLock lock(&mu_);
  response.set_map_epoch(map_->epoch().value);
  // Also those that this node has settled: it reports them for as long as they are named, so that
  // all nodes do at the same time.
  for (const SessionId session : unsettled_) response.add_closed_sessions(session.value);
  return response;
}

absl::StatusOr<v1::OfferVersionsResponse> ClusterController::OfferVersions(
    const v1::OfferVersionsRequest& request) {
  v1::Command command;
  *command.mutable_offer_versions()->mutable_offer() = request;
  ASSIGN_OR_RETURN(SubmitResult result, catalog_->Submit(std::move(command)));
  return std::move(*result.outcome.mutable_offer_versions()->mutable_response());
}

absl::StatusOr<v1::GetClusterMapResponse> ClusterController::GetClusterMap(
    const v1::GetClusterMapRequest& request) {
  RETURN_IF_ERROR(Ready());
  const std::shared_ptr<const ClusterMap> current = map();
  v1::GetClusterMapResponse response;
  response.set_epoch(current->epoch().value);
  if (current->epoch().value > request.known_epoch()) *response.mutable_map() = current->proto();
  *response.mutable_head() = catalog_->head();
  return response;
}

absl::StatusOr<v1::ClusterStatus> ClusterController::GetClusterStatus() {
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, catalog_->Cluster());
  ASSIGN_OR_RETURN(const std::vector<v1::NodeRow> nodes, catalog_->Nodes());
  ASSIGN_OR_RETURN(const auto sessions, catalog_->OpenSessions());
  const std::shared_ptr<const ClusterMap> current = map();
  ClusterFacts facts{cluster, *current, nodes, monitor_};
  facts.head = catalog_->head();
  facts.now = clock_->Now();
  {
    MutexLock lock(&mu_);
    facts.kept = kept_;
  }
  for (const catalog::SessionInfo& session : sessions) {
    if (session.row.kind() == v1::OpenSessionCommand::GATEWAY) ++facts.open_sessions;
  }
  const absl::Status ready = Ready();
  if (!ready.ok()) facts.alarms.emplace_back(ready.message());
  const absl::Status may_collect = gate_.MayCollect();
  if (ready.ok() && !may_collect.ok() && !cluster.collection_frozen()) {
    facts.alarms.emplace_back(may_collect.message());
  }
  if (options_.resume_collection && !may_collect.ok() && cluster.collection_frozen()) {
    facts.alarms.emplace_back(
        absl::StrCat("--resume-collection was given, but garbage stays: ", may_collect.message()));
  }
  for (const NodeId node : options_.nodes_out) {
    const bool goes = absl::c_linear_search(gate_.Excused(), node) || IsOut(node, *current);
    if (!ready.ok() || !MayExcuse() || goes) continue;
    facts.alarms.emplace_back(absl::StrCat(
        "--node-out ", ToString(node),
        " was not done, because that node lives; stop it first, then restart metadata"));
  }
  for (std::string& alarm : jobs_.Alarms()) facts.alarms.push_back(std::move(alarm));
  const ChunkAudit::Report audited = chunk_audit_.report(facts.now);
  facts.lost_chunks = audited.lost;
  for (std::string& reason : AuditReasons(audited, orphan_audit_.report(facts.now))) {
    facts.alarms.push_back(std::move(reason));
  }
  v1::ClusterStatus status = AssembleStatus(facts);
  for (v1::Job& job : jobs_.jobs()) *status.add_jobs() = std::move(job);
  if (!may_collect.ok()) status.set_collection_frozen(true);
  if (!ready.ok()) status.set_health(v1::ClusterStatus::UNAVAILABLE);
  return status;
}

// ---- What operators ask ----

absl::StatusOr<v1::PlanNodeChangeResponse> ClusterController::PlanNodeChange(
    const v1::PlanNodeChangeRequest& request) {
  RETURN_IF_ERROR(Ready());
  ASSIGN_OR_RETURN(PlannedNodeChange planned,
                   trebol::PlanNodeChange(request.change(), *map(), monitor_, clock_->Now()));
  v1::PlanNodeChangeResponse response;
  *response.mutable_plan() = std::move(planned.plan);
  return response;
}

absl::StatusOr<v1::ApplyNodeChangeResponse> ClusterController::ApplyNodeChange(
    const v1::ApplyNodeChangeRequest& request) {
  RETURN_IF_ERROR(BeginIfAllowed());
  absl::Status applied;
  for (int attempt = 0; attempt < kApplyAttempts; ++attempt) {
    RETURN_IF_ERROR(RefreshMap());
    const std::shared_ptr<const ClusterMap> current = map();
    ASSIGN_OR_RETURN(PlannedNodeChange planned,
                     trebol::PlanNodeChange(request.change(), *current, monitor_, clock_->Now()));
    if (planned.plan.refusals_size() > 0) {
      return MakeError(absl::StatusCode::kFailedPrecondition, v1::CHANGE_REFUSED,
                       absl::StrJoin(planned.plan.refusals(), "; "));
    }
    applied = absl::OkStatus();
    if (!planned.plan.changes_nothing()) {
      for (v1::ChangeMapCommand& change : InCommands(*current, planned.nodes, planned.sets)) {
        LogNodes(*current, change);
        v1::Command command;
        *command.mutable_change_map() = std::move(change);
        applied = catalog_->Submit(std::move(command)).status();
        if (!applied.ok()) break;
      }
    }
    if (applied.ok()) {
      RETURN_IF_ERROR(RefreshMap());
      v1::ApplyNodeChangeResponse response;
      *response.mutable_plan() = std::move(planned.plan);
      return response;
    }
    if (!absl::IsAborted(applied)) return applied;
  }
  return applied;
}

absl::Status ClusterController::Ready() const {
  RETURN_IF_ERROR(gate_.MayServe());
  return catalog_->health();
}

// ---- Ticks ----

absl::Status ClusterController::Tick() {
  ExcuseNodes();
  gate_.Tick(clock_->Now());
  RETURN_IF_ERROR(BeginIfAllowed());
  RETURN_IF_ERROR(SetNodesOut());
  RETURN_IF_ERROR(ExpireSessions());
  RETURN_IF_ERROR(FreezeIfMissing());
  RETURN_IF_ERROR(ResumeCollection());
  RETURN_IF_ERROR(RefreshMap());
  RETURN_IF_ERROR(MakeTable());
  const absl::Status kept = KeepMap();
  RETURN_IF_ERROR(KeepJobs());
  RETURN_IF_ERROR(SettleSessions());
  RETURN_IF_ERROR(RecordPositions());
  return kept;
}

absl::Status ClusterController::Collect() {
  RETURN_IF_ERROR(Ready());
  if (!gate_.MayCollect().ok()) return absl::OkStatus();  // the status shows why
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, catalog_->Cluster());
  if (cluster.collection_frozen() || cluster.garbage_versions() == 0) return absl::OkStatus();
  if (jobs_.IsPaused(JobKindName(v1::Job::GARBAGE))) return absl::OkStatus();
  const Instant now = clock_->Now();
  const std::shared_ptr<const ClusterMap> current = map();
  absl::flat_hash_set<NodeId> up;
  for (const NodeId node : InUse(current->proto())) {
    if (monitor_.IsUp(node, now)) up.insert(node);
  }
  RETURN_IF_ERROR(unseen_garbage_.Tick(now, current, up));
  return seen_garbage_.Tick(now, current, up);
}

absl::Status ClusterController::MayCollect() {
  RETURN_IF_ERROR(gate_.MayCollect());
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, catalog_->Cluster());
  if (!cluster.collection_frozen()) return absl::OkStatus();
  return absl::FailedPreconditionError(cluster.frozen_reason());
}

absl::StatusOr<AuditedNodes> ClusterController::NodesForAudit(const ClusterMap& map) {
  ASSIGN_OR_RETURN(const std::vector<v1::NodeRow> rows, catalog_->Nodes());
  const Instant now = clock_->Now();
  AuditedNodes nodes;
  for (const NodeId id : InUse(map.proto())) {
    AuditedNode& node = nodes[id];
    const auto seen = monitor_.Find(id);
    if (!seen.has_value() || !monitor_.IsUp(id, now)) continue;
    node = {.up = true,
            .map_epoch = Epoch(seen->last.map_epoch()),
            .incarnation = seen->last.incarnation()};
  }
  for (const v1::NodeRow& row : rows) {
    const auto node = nodes.find(NodeId(row.registration().node_id()));
    if (node != nodes.end()) node->second.reconciling = row.reconciling();
  }
  return nodes;
}

absl::StatusOr<absl::Duration> ClusterController::Audit() {
  RETURN_IF_ERROR(Ready());
  if (!audits_) return absl::Seconds(1);
  RETURN_IF_ERROR(RefreshMap());
  // Each with what is known right before: the other one may wait for nodes.
  const auto tick = [this](const auto& audit) -> absl::StatusOr<absl::Duration> {
    const std::shared_ptr<const ClusterMap> current = map();
    ASSIGN_OR_RETURN(const AuditedNodes nodes, NodesForAudit(*current));
    return audit(current, nodes);
  };
  const auto chunks = tick([this](const auto& current, const AuditedNodes& nodes) {
    return chunk_audit_.Tick(clock_->Now(), current, nodes);
  });
  const auto orphans = tick([this](const auto& current, const AuditedNodes& nodes) {
    return orphan_audit_.Tick(clock_->Now(), current, nodes, MayCollect());
  });
  RETURN_IF_ERROR(chunks.status());
  RETURN_IF_ERROR(orphans.status());
  return std::min(*chunks, *orphans);
}

absl::Status ClusterController::BeginIfAllowed() {
  RETURN_IF_ERROR(gate_.MayServe());
  MutexLock lock(&begin_mu_);
  if (began_) return absl::OkStatus();
  RETURN_IF_ERROR(catalog_->BeginTerm());
  began_ = true;
  return absl::OkStatus();
}

bool ClusterController::MayExcuse() const {
  // Nodes that live have had time to say so.
  return clock_->Now() - started_ >= LineageGate::kGateTimeout;
}

void ClusterController::ExcuseNodes() {
  if (!MayExcuse()) return;
  for (const NodeId node : options_.nodes_out) gate_.Excuse(node);
}

absl::Status ClusterController::SetNodesOut() {
  const std::shared_ptr<const ClusterMap> current = map();
  std::vector<NodeId> gone = gate_.Excused();
  std::erase_if(gone, [&current](NodeId node) { return IsOut(node, *current); });
  if (gone.empty()) return absl::OkStatus();
  v1::Command command;
  v1::ChangeMapCommand& change = *command.mutable_change_map();
  change.set_expected_epoch(current->epoch().value);
  for (const NodeId id : gone) {
    v1::ClusterNode& node = *change.add_nodes();
    node = *current->FindNode(id);
    node.set_state(v1::ClusterNode::OUT);
    node.set_removed(true);
  }
  const absl::Status changed = catalog_->Submit(std::move(command)).status();
  // ABORTED: a node registered meanwhile; the next tick plans on its map.
  if (!changed.ok() && !absl::IsAborted(changed)) return changed;
  return RefreshMap();
}

absl::Status ClusterController::FreezeIfMissing() {
  const std::string missing = gate_.Missing();
  if (missing.empty()) return absl::OkStatus();
  v1::Command command;
  command.mutable_freeze_collection()->set_frozen(true);
  command.mutable_freeze_collection()->set_reason(
      absl::StrCat(missing,
                   ": metadata was rolled back; compare it with a newer copy, then restart it with "
                   "--resume-collection"));
  return catalog_->Submit(std::move(command)).status();
}

absl::Status ClusterController::ResumeCollection() {
  if (!options_.resume_collection || resumed_) return absl::OkStatus();
  if (!gate_.MayCollect().ok()) return absl::OkStatus();  // the status shows why
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, catalog_->Cluster());
  if (cluster.collection_frozen()) {
    v1::Command command;
    command.mutable_freeze_collection()->set_frozen(false);
    RETURN_IF_ERROR(catalog_->Submit(std::move(command)).status());
    Log(LogLevel::kInfo, "metadata", "garbage is collected again",
        {{"was frozen because", cluster.frozen_reason()}});
  }
  resumed_ = true;
  return absl::OkStatus();
}

absl::Status ClusterController::ExpireSessions() {
  const bool accepts = catalog_->Accepts();
  ASSIGN_OR_RETURN(const auto open, catalog_->OpenSessions());
  for (const v1::CloseSessionCommand& close : reaper_.Tick(clock_->Now(), open, accepts)) {
    v1::Command command;
    *command.mutable_close_session() = close;
    RETURN_IF_ERROR(catalog_->Submit(std::move(command)).status());
  }
  return absl::OkStatus();
}

absl::Status ClusterController::MakeTable() {
  const std::shared_ptr<const ClusterMap> current = map();
  if (current->has_table()) return absl::OkStatus();
  const Instant now = clock_->Now();
  absl::flat_hash_set<NodeId> live;
  for (const NodeId node : InUse(current->proto())) {
    if (monitor_.WasHeard(node, now)) live.insert(node);
  }
  ASSIGN_OR_RETURN(auto proposed, table_maker_.Propose(current->proto(), live));
  if (!proposed.has_value()) return absl::OkStatus();
  v1::Command command;
  *command.mutable_install_map() = *std::move(proposed);
  const absl::Status installed = catalog_->Submit(std::move(command)).status();
  // Another thread, or a node that joined meanwhile, was faster.
  if (!installed.ok() && !absl::IsAborted(installed)) return installed;
  return RefreshMap();
}

absl::Status ClusterController::SettleSessions() {
  ASSIGN_OR_RETURN(std::vector<SessionId> unsettled, catalog_->UnsettledSessions());
  const std::vector<SessionId> settled = SettledByAll(unsettled, InUse(map()->proto()), monitor_);
  {
    MutexLock lock(&mu_);
    unsettled_ = std::move(unsettled);
  }
  if (settled.empty()) return absl::OkStatus();
  v1::Command command;
  for (const SessionId session : settled) {
    command.mutable_settle_sessions()->add_sessions(session.value);
  }
  return catalog_->Submit(std::move(command)).status();
}

absl::Status ClusterController::RecordPositions() {
  const Instant now = clock_->Now();
  if (now - recorded_at_ < options_.position_interval) return absl::OkStatus();
  recorded_at_ = now;
  v1::Command command;
  for (const NodeId node : InUse(map()->proto())) {
    const auto seen = monitor_.Find(node);
    if (!seen.has_value()) continue;
    const v1::HeartbeatRequest& last = seen->last;
    const bool newly_compared = last.compared() && compared_[node] != last.incarnation();
    if (last.synced_position() <= recorded_[node] && !newly_compared) continue;
    auto& entry = *command.mutable_record_positions()->add_entries();
    entry.set_node_id(node.value);
    entry.set_incarnation(last.incarnation());
    entry.set_synced_position(last.synced_position());
    entry.set_compared(last.compared());
    recorded_[node] = last.synced_position();
    if (last.compared()) compared_[node] = last.incarnation();
  }
  if (!command.has_record_positions()) return absl::OkStatus();
  return catalog_->Submit(std::move(command)).status();
}

absl::Status ClusterController::KeepMap() {
  const std::shared_ptr<const ClusterMap> current = map();
  auto change = keeper_.Tick(clock_->Now(), *current, monitor_);
  {
    MutexLock lock(&mu_);
    kept_ = {.down = keeper_.down(), .moved = keeper_.moved(), .alarms = keeper_.Alarms()};
    if (!change.ok()) kept_.alarms.emplace_back(change.status().message());
  }
  if (!change.ok()) return change.status();
  if (!change->has_value()) return absl::OkStatus();
  LogNodes(*current, **change);
  v1::Command command;
  *command.mutable_change_map() = **std::move(change);
  const absl::Status changed = catalog_->Submit(std::move(command)).status();
  // ABORTED: somebody else changed it meanwhile; the next tick sees what is left to do.
  if (!changed.ok() && !absl::IsAborted(changed)) return changed;
  return RefreshMap();
}

absl::Status ClusterController::RefreshMap() {
  // Under the lock, so that an older map never replaces a newer one.
  MutexLock lock(&mu_);
  ASSIGN_OR_RETURN(v1::ClusterMap proto, catalog_->Map());
  if (map_ != nullptr && map_->epoch().value == proto.epoch()) return absl::OkStatus();
  ASSIGN_OR_RETURN(map_, ClusterMap::FromProto(std::move(proto)));
  return absl::OkStatus();
}

std::shared_ptr<const ClusterMap> ClusterController::map() const {
  MutexLock lock(&mu_);
  return map_;
}

}  // namespace trebol
