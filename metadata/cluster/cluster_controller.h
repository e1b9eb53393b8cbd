#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/base/rate_meter.h"
#include "common/cluster/cluster_map.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/chunk_audit.h"
#include "metadata/cluster/cluster_status.h"
#include "metadata/cluster/garbage_collector.h"
#include "metadata/cluster/job_registry.h"
#include "metadata/cluster/lineage_gate.h"
#include "metadata/cluster/map_keeper.h"
#include "metadata/cluster/node_monitor.h"
#include "metadata/cluster/orphan_audit.h"
#include "metadata/cluster/session_reaper.h"
#include "metadata/cluster/table_maker.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Leads the cluster: hears nodes, decides when metadata may serve, makes the first table, keeps
/// the map true to what nodes are, does what operators ask of them, expires sessions, has garbage
/// deleted, and audits what nodes hold. Everything that it changes goes through the catalog as a
/// command.
///
/// Thread-safe but for the three ticks, each of which belongs to one thread (or all to the same
/// one). All functions block on the disk; Collect and Audit block on nodes as well. The catalog and
/// the clock outlive it.
class ClusterController {
 public:
  struct Options {
    LineageGate::Options gate;
    GarbageCollector::Options collector;
    MapKeeper::Options keeper;
    ChunkAudit::Options chunk_audit;
    OrphanAudit::Options orphan_audit;
    /// The operator's word that a freeze of collection may end: it does, once, when every node was
    /// heard and none knows more than the log.
    bool resume_collection = false;
    /// The operator's word that these nodes are gone for good: they are set OUT when they were not
    /// heard for LineageGate::kGateTimeout after the start.
    std::vector<NodeId> nodes_out;
    absl::Duration position_interval = absl::Seconds(10);
  };

  /// What audits ask of nodes; without it nothing is audited.
  struct NodeQuestions {
    ChunkAudit::StatChunks stat_chunks;
    OrphanAudit::ListVersions list_versions;
  };

  /// `catalog` is open and has not begun its term: this begins it when the lineage is known to be
  /// whole, at once if there are no nodes. INVALID_ARGUMENT if one of `nodes_out` is no node.
  static absl::StatusOr<std::unique_ptr<ClusterController>> Create(
      Catalog* catalog, const Clock* clock, GarbageCollector::DeleteVersions delete_versions,
      TableMaker::Plan plan, Options options, NodeQuestions questions = {});

  // What nodes ask. NOT_READY or LINEAGE_MISSING until the gate is open; what they say is heard all
  // the same.
  absl::StatusOr<v1::RegisterNodeResponse> RegisterNode(const v1::RegisterNodeRequest& request);
  absl::StatusOr<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest& request);
  absl::StatusOr<v1::OfferVersionsResponse> OfferVersions(const v1::OfferVersionsRequest& request);

  absl::StatusOr<v1::GetClusterMapResponse> GetClusterMap(const v1::GetClusterMapRequest& request);
  /// Always answers something: with the gate shut, why it is.
  absl::StatusOr<v1::ClusterStatus> GetClusterStatus();

  // What operators ask.
  absl::StatusOr<v1::PlanNodeChangeResponse> PlanNodeChange(
      const v1::PlanNodeChangeRequest& request);
  /// CHANGE_REFUSED for a plan with refusals. What is so already changes nothing.
  absl::StatusOr<v1::ApplyNodeChangeResponse> ApplyNodeChange(
      const v1::ApplyNodeChangeRequest& request);

  v1::ListJobsResponse ListJobs() const { return jobs_.List(); }
  /// As JobRegistry::Change; CANCEL of a drain takes its nodes in again. CHANGE_REFUSED for what
  /// cannot be called off.
  absl::StatusOr<v1::ChangeJobResponse> ChangeJob(const v1::ChangeJobRequest& request);

  /// OK once commands and reads are served.
  absl::Status Ready() const;
  /// The newest; nullptr before Ready.
  std::shared_ptr<const ClusterMap> map() const;

  /// Every second or so. Errors are worth a log line; the next tick tries again.
  absl::Status Tick();
  /// Every second or so.
  absl::Status Collect();
  /// A step of the audits. Returns when to come again.
  absl::StatusOr<absl::Duration> Audit();

  ChunkAudit& chunk_audit() { return chunk_audit_; }
  OrphanAudit& orphan_audit() { return orphan_audit_; }

 private:
  ClusterController(Catalog* catalog, const Clock* clock,
                    GarbageCollector::DeleteVersions delete_versions, TableMaker::Plan plan,
                    Options options, NodeQuestions questions, const std::vector<NodeId>& known);

  void Hear(NodeId node, const std::string& cluster_id, uint64_t generation,
            const v1::LogPosition& lineage);
  /// A node that knows no cluster yet.
  absl::Status HearNewcomer(const v1::RegisterNodeRequest& request);
  absl::Status BeginIfAllowed();
  absl::Status RefreshMap();

  absl::Status MayCollect();
  absl::StatusOr<AuditedNodes> NodesForAudit(const ClusterMap& map);

  bool MayExcuse() const;
  void ExcuseNodes();
  absl::Status SetNodesOut();
  absl::Status FreezeIfMissing();
  absl::Status ResumeCollection();
  absl::Status ExpireSessions();
  absl::Status MakeTable();
  absl::Status SettleSessions();
  absl::Status RecordPositions();
  absl::Status KeepMap();
  absl::Status KeepJobs();
  absl::Status CancelJob(const v1::Job& job);

  Catalog* const catalog_;
  const Clock* const clock_;
  const Options options_;
  const Instant started_;
  const TableMaker table_maker_;
  LineageGate gate_;
  NodeMonitor monitor_;
  JobRegistry jobs_;

  // Of the ticks.
  bool resumed_ = false;
  MapKeeper keeper_;
  SessionReaper reaper_;
  GarbageCollector unseen_garbage_;
  GarbageCollector seen_garbage_;
  RateMeter garbage_rate_;
  const bool audits_;
  ChunkAudit chunk_audit_;
  OrphanAudit orphan_audit_;
  Instant recorded_at_;
  absl::flat_hash_map<NodeId, uint64_t> recorded_;
  absl::flat_hash_map<NodeId, uint64_t>
      compared_;  // with the incarnation for which that is recorded

  Mutex begin_mu_;  // held while the term begins; before mu_
  bool began_ ABSL_GUARDED_BY(begin_mu_) = false;

  mutable Mutex mu_;
  std::shared_ptr<const ClusterMap> map_ ABSL_GUARDED_BY(mu_);
  std::vector<SessionId> unsettled_ ABSL_GUARDED_BY(mu_);
  KeptMap kept_ ABSL_GUARDED_BY(mu_);  // as of the last tick
};

}  // namespace trebol
