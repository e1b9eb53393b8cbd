#include "metadata/cluster/job_registry.h"

#include <algorithm>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/cluster/job_kind.h"
#include "metadata/cluster/move_jobs.h"
#include "metadata/cluster/standing_jobs.h"

namespace trebol {
namespace {

using JobChange = v1::ChangeJobsCommand::Change;

bool IsOf(const v1::Job& job, const MoveWork& move) {
  if (job.kind() != move.kind) return false;
  return job.kind() != v1::Job::DRAIN || (job.nodes_size() == 1 && !move.nodes.empty() &&
                                          NodeId(job.nodes(0)) == move.nodes.front());
}

JobChange Begin(const MoveWork& move) {
  JobChange change;
  change.set_verb(JobChange::BEGIN);
  v1::Job& job = *change.mutable_job();
  job.set_kind(move.kind);
  for (const NodeId node : move.nodes) job.add_nodes(node.value);
  job.set_total(move.partitions);
  job.set_unit("partitions");
  return change;
}

/// True if recording the move anew would tell more than `job` does.
bool HasGrown(const v1::Job& job, const MoveWork& move) {
  return move.partitions > job.total() || absl::c_any_of(move.nodes, [&job](NodeId node) {
           return !absl::c_linear_search(job.nodes(), node.value);
         });
}

/// A drain that ended although its node is no emptier was called off.
v1::Job::State EndOf(const v1::Job& job, const ClusterMap& map) {
  if (job.kind() != v1::Job::DRAIN || job.nodes().empty()) return v1::Job::DONE;
  const v1::ClusterNode* node = map.FindNode(NodeId(job.nodes(0)));
  const bool empty = node == nullptr || node->state() == v1::ClusterNode::DRAINED ||
                     node->state() == v1::ClusterNode::OUT;
  return empty ? v1::Job::DONE : v1::Job::CANCELLED;
}

bool HasPasses(v1::Job::Kind kind) {
  return kind == v1::Job::SCRUB || kind == v1::Job::AUDIT || kind == v1::Job::ORPHAN_AUDIT;
}

}  // namespace

absl::Status JobRegistry::Tick(const ClusterMap& map, const NodeMonitor& monitor,
                               std::vector<v1::Job> workers) {
  RETURN_IF_ERROR(Load());
  v1::JobsRow row;
  {
    MutexLock lock(&mu_);
    row = row_;
  }
  Changes changes;
  std::vector<v1::Job> live = StandingJobs(map, monitor);
  live.insert(live.end(), workers.begin(), workers.end());
  RecordMoves(map, row, &live, &changes);
  RecordPasses(map, monitor, workers, &changes);
  {
    MutexLock lock(&mu_);
    jobs_ = std::move(live);
  }
  if (changes.changes().empty()) return absl::OkStatus();
  return Submit(std::move(changes));
}

void JobRegistry::RecordMoves(const ClusterMap& map, const v1::JobsRow& row,
                              std::vector<v1::Job>* live, Changes* changes) {
  const std::vector<MoveWork> moves = MovesUnderWay(map);
  std::map<std::string, RateMeter> rates;
  for (const v1::Job& open : row.open()) {
    const auto move = absl::c_find_if(moves, [&](const MoveWork& one) { return IsOf(open, one); });
    if (move == moves.end()) {
      JobChange& change = *changes->add_changes();
      change.set_verb(JobChange::END);
      change.mutable_job()->set_id(open.id());
      change.mutable_job()->set_state(EndOf(open, map));
      change.mutable_job()->set_done(open.total());
      continue;
    }
    v1::Job& job = live->emplace_back(open);
    job.set_total(std::max(open.total(), move->partitions));
    job.set_done(job.total() - move->partitions);
    RateMeter& rate = rates[open.id()] = rates_[open.id()];
    job.set_rate(rate.Update(clock_->Now(), job.done()));
    const double left = static_cast<double>(move->partitions);
    job.set_seconds_left(left == 0 ? 0 : job.rate() > 0 ? left / job.rate() : -1);
  }
  rates_ = std::move(rates);
  for (const MoveWork& move : moves) {
    const auto open =
        absl::c_find_if(row.open(), [&](const v1::Job& job) { return IsOf(job, move); });
    if (open == row.open().end() || HasGrown(*open, move)) *changes->add_changes() = Begin(move);
  }
}

void JobRegistry::RecordPasses(const ClusterMap& map, const NodeMonitor& monitor,
                               const std::vector<v1::Job>& workers, Changes* changes) {
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    const NodeId id(node.id());
    const auto seen = monitor.Find(id);
    if (!seen.has_value()) continue;
    for (const v1::BackgroundTask& task : seen->last.tasks()) {
      if (task.name() != JobKindName(v1::Job::SCRUB)) continue;
      v1::Job pass = JobOf(v1::Job::SCRUB, task);
      pass.add_nodes(id.value);
      RecordPass({v1::Job::SCRUB, id}, pass, changes);
    }
  }
  for (const v1::Job& worker : workers) {
    if (HasPasses(worker.kind())) RecordPass({worker.kind(), NodeId()}, worker, changes);
  }
}

void JobRegistry::RecordPass(PassKey key, const v1::Job& pass, Changes* changes) {
  const auto [found, is_new] = passes_.try_emplace(key, Pass{.passes = pass.passes()});
  Pass& known = found->second;
  if (pass.passes() > known.passes && !is_new) {
    JobChange& change = *changes->add_changes();
    change.set_verb(JobChange::END);
    v1::Job& job = *change.mutable_job();
    job.set_kind(pass.kind());
    *job.mutable_nodes() = pass.nodes();
    job.set_state(v1::Job::DONE);
    job.set_done(pass.total());
    job.set_total(pass.total());
    job.set_unit(pass.unit());
    job.set_problem(pass.problem());
    job.set_began_us(known.began_us);
    known.began_us = 0;
  }
  known.passes = pass.passes();
  if (pass.state() == v1::Job::RUNNING && known.began_us == 0) {
    known.began_us = static_cast<uint64_t>(absl::ToUnixMicros(clock_->WallTime()));
  }
}

std::vector<v1::Job> JobRegistry::jobs() const {
  MutexLock lock(&mu_);
  std::vector<v1::Job> jobs = jobs_;
  for (v1::Job& job : jobs) {
    if (absl::c_linear_search(row_.paused(), job.id())) job.set_state(v1::Job::PAUSED);
  }
  return jobs;
}

v1::ListJobsResponse JobRegistry::List() const {
  v1::ListJobsResponse response;
  for (v1::Job& job : jobs()) *response.add_jobs() = std::move(job);
  MutexLock lock(&mu_);
  for (int i = row_.history_size() - 1; i >= 0; --i) *response.add_history() = row_.history(i);
  return response;
}

absl::StatusOr<v1::Job> JobRegistry::Find(absl::string_view id) const {
  std::vector<std::string> ids;
  for (v1::Job& job : jobs()) {
    if (job.id() == id) return std::move(job);
    ids.push_back(job.id());
  }
  MutexLock lock(&mu_);
  const bool ended =
      absl::c_any_of(row_.history(), [id](const v1::Job& job) { return job.id() == id; });
  return MakeError(
      absl::StatusCode::kNotFound, v1::JOB_NOT_FOUND,
      ended ? absl::StrCat("job ", id, " has ended")
            : absl::StrCat("there is no job '", id, "'; there are ", absl::StrJoin(ids, ", ")));
}

absl::Status JobRegistry::Change(const v1::ChangeJobRequest& request) {
  ASSIGN_OR_RETURN(const v1::Job job, Find(request.id()));
  Changes changes;
  JobChange& change = *changes.add_changes();
  change.mutable_job()->set_id(request.id());
  switch (request.verb()) {
    case v1::ChangeJobRequest::PAUSE:
      change.set_verb(JobChange::PAUSE);
      break;
    case v1::ChangeJobRequest::RESUME:
      change.set_verb(JobChange::RESUME);
      break;
    case v1::ChangeJobRequest::START:
      if (job.kind() == v1::Job::SCRUB) {
        change.set_verb(JobChange::REQUEST_SCRUB);
        break;
      }
      return MakeError(absl::StatusCode::kFailedPrecondition, v1::CHANGE_REFUSED,
                       absl::StrCat("job ", request.id(),
                                    " has no passes that could be started; it works by itself"));
    default:
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                       "say what to do with the job: pause, resume, cancel or start");
  }
  RETURN_IF_ERROR(Submit(std::move(changes)));
  return Load();
}

void JobRegistry::Tell(v1::HeartbeatResponse* response) const {
  MutexLock lock(&mu_);
  response->set_scrub_request(row_.scrub_request());
  if (row_.paused().empty()) return;
  v1::PausedWork& paused = *response->mutable_paused();
  for (const std::string& id : row_.paused()) paused.add_tasks(id);
  for (const v1::Job& job : row_.open()) {
    if (!absl::c_linear_search(row_.paused(), job.id())) continue;
    if (job.kind() == v1::Job::DRAIN) paused.mutable_drains()->MergeFrom(job.nodes());
    if (job.kind() == v1::Job::REBALANCE) paused.set_rebalance(true);
    if (job.kind() == v1::Job::REPAIR) paused.set_repair(true);
  }
}

bool JobRegistry::IsPaused(absl::string_view id) const {
  MutexLock lock(&mu_);
  return absl::c_linear_search(row_.paused(), id);
}

std::vector<std::string> JobRegistry::Alarms() const {
  std::vector<std::string> alarms;
  MutexLock lock(&mu_);
  for (const std::string& id : row_.paused()) {
    alarms.push_back(
        absl::StrCat("job ", id, " is paused; let it go on with: trebol job resume ", id));
  }
  return alarms;
}

absl::Status JobRegistry::Submit(Changes changes) {
  v1::Command command;
  *command.mutable_change_jobs() = std::move(changes);
  return catalog_->Submit(std::move(command)).status();
}

absl::Status JobRegistry::Load() {
  // Under the lock, so that an older row never replaces a newer one.
  MutexLock lock(&mu_);
  ASSIGN_OR_RETURN(row_, catalog_->Jobs());
  return absl::OkStatus();
}

}  // namespace trebol
