#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/base/rate_meter.h"
#include "common/cluster/cluster_map.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/node_monitor.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// All jobs: those that move copies are read off the map (no job makes a plan: it lives in the
/// map), the standing ones are what the servers' workers say of themselves. What is kept in rows is
/// what nobody could find out again: when a job began, that an operator has paused it, how it
/// ended. So a restart of metadata loses nothing, and no job can be stuck.
///
/// Tick is for one thread; the rest is thread-safe. Load, Tick and Change block on the disk.
class JobRegistry {
 public:
  JobRegistry(Catalog* catalog, const Clock* clock) : catalog_(catalog), clock_(clock) {}

  /// Takes up what the rows say; Tick and Change do so too.
  absl::Status Load();

  /// Looks at what goes on and records what began and what ended. `workers` are jobs of metadata
  /// itself.
  absl::Status Tick(const ClusterMap& map, const NodeMonitor& monitor,
                    std::vector<v1::Job> workers);

  /// As of the last tick: standing ones, then those with an end.
  std::vector<v1::Job> jobs() const;
  v1::ListJobsResponse List() const;

  /// Pauses or resumes, or asks for a scrub. JOB_NOT_FOUND; CHANGE_REFUSED for what has no passes.
  absl::Status Change(const v1::ChangeJobRequest& request);
  /// JOB_NOT_FOUND, with those that there are.
  absl::StatusOr<v1::Job> Find(absl::string_view id) const;

  /// What storage nodes are told with each heartbeat.
  void Tell(v1::HeartbeatResponse* response) const;
  bool IsPaused(absl::string_view id) const;
  /// A sentence for each job that an operator has paused.
  std::vector<std::string> Alarms() const;

 private:
  using Changes = v1::ChangeJobsCommand;
  /// Of a node, or of metadata itself (0).
  using PassKey = std::pair<v1::Job::Kind, NodeId>;

  void RecordMoves(const ClusterMap& map, const v1::JobsRow& row, std::vector<v1::Job>* live,
                   Changes* changes);
  void RecordPasses(const ClusterMap& map, const NodeMonitor& monitor,
                    const std::vector<v1::Job>& workers, Changes* changes);
  void RecordPass(PassKey key, const v1::Job& pass, Changes* changes);
  absl::Status Submit(Changes changes);

  Catalog* const catalog_;
  const Clock* const clock_;

  // Of Tick.
  struct Pass {
    uint64_t passes = 0;
    uint64_t began_us = 0;  // of the one under way; 0: none was seen to begin
  };
  std::map<std::string, RateMeter> rates_;  // by id
  std::map<PassKey, Pass> passes_;

  mutable Mutex mu_;
  std::vector<v1::Job> jobs_ ABSL_GUARDED_BY(mu_);
  v1::JobsRow row_ ABSL_GUARDED_BY(mu_);
};

}  // namespace trebol
