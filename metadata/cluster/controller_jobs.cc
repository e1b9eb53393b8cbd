// What ClusterController does about jobs.
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/cluster/cluster_controller.h"
#include "metadata/cluster/standing_jobs.h"

namespace trebol {

absl::StatusOr<v1::ChangeJobResponse> ClusterController::ChangeJob(
    const v1::ChangeJobRequest& request) {
  RETURN_IF_ERROR(BeginIfAllowed());
  ASSIGN_OR_RETURN(const v1::Job job, jobs_.Find(request.id()));
  v1::ChangeJobResponse response;
  if (request.verb() == v1::ChangeJobRequest::CANCEL) {
    RETURN_IF_ERROR(CancelJob(job));
    *response.mutable_job() = job;
    response.mutable_job()->set_state(v1::Job::CANCELLED);
    return response;
  }
  const bool starts = request.verb() == v1::ChangeJobRequest::START;
  if (starts && job.kind() == v1::Job::AUDIT) {
    chunk_audit_.StartPass();
  } else if (starts && job.kind() == v1::Job::ORPHAN_AUDIT) {
    orphan_audit_.StartRun();
  } else {
    RETURN_IF_ERROR(jobs_.Change(request));
  }
  ASSIGN_OR_RETURN(*response.mutable_job(), jobs_.Find(request.id()));
  return response;
}

absl::Status ClusterController::CancelJob(const v1::Job& job) {
  if (job.kind() != v1::Job::DRAIN) {
    const bool rebalances = job.kind() == v1::Job::REBALANCE;
    return MakeError(
        absl::StatusCode::kFailedPrecondition, v1::CHANGE_REFUSED,
        absl::StrCat("job ", job.id(), " cannot be called off; pause it",
                     rebalances ? ", or drain the nodes that were added (trebol node drain)" : ""));
  }
  v1::ApplyNodeChangeRequest request;
  request.mutable_change()->set_verb(v1::NodeChange::ADD);
  for (const uint64_t node : job.nodes()) request.mutable_change()->add_nodes(ToHex(node));
  return ApplyNodeChange(request).status();
}

absl::Status ClusterController::KeepJobs() {
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, catalog_->Cluster());
  v1::BackgroundTask garbage;
  garbage.set_unit("versions");
  garbage.set_done(unseen_garbage_.finished() + seen_garbage_.finished());
  garbage.set_total(garbage.done() + cluster.garbage_versions());
  const bool waits = cluster.garbage_versions() > 0;
  garbage.set_state(waits ? v1::BackgroundTask::RUNNING : v1::BackgroundTask::IDLE);
  garbage.set_rate(garbage_rate_.Update(clock_->Now(), garbage.done()));
  garbage.set_seconds_left(!waits ? 0
                           : garbage.rate() > 0
                               ? static_cast<double>(cluster.garbage_versions()) / garbage.rate()
                               : -1);
  const Instant now = clock_->Now();
  const ChunkAudit::Report audited = chunk_audit_.report(now);
  v1::Job audit = JobOf(v1::Job::AUDIT, audited.task);
  if (audited.lost > 0) audit.set_problem(absl::StrCat(audited.lost, " chunks are lost"));
  const OrphanAudit::Report searched = orphan_audit_.report(now);
  v1::Job orphans = JobOf(v1::Job::ORPHAN_AUDIT, searched.task);
  if (!searched.held.empty()) orphans.set_problem(searched.held);
  RETURN_IF_ERROR(jobs_.Tick(*map(), monitor_, {JobOf(v1::Job::GARBAGE, garbage), audit, orphans}));
  chunk_audit_.Pause(jobs_.IsPaused(audit.id()));
  orphan_audit_.Pause(jobs_.IsPaused(orphans.id()));
  return absl::OkStatus();
}

}  // namespace trebol
