#include "metadata/cluster/standing_jobs.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/cluster/job_kind.h"
#include "metadata/cluster/node_names.h"

namespace trebol {
namespace {

v1::Job::State StateOf(v1::BackgroundTask::State state) {
  switch (state) {
    case v1::BackgroundTask::RUNNING:
      return v1::Job::RUNNING;
    case v1::BackgroundTask::FAILING:
      return v1::Job::FAILING;
    case v1::BackgroundTask::PAUSED:
      return v1::Job::PAUSED;
    default:
      return v1::Job::IDLE;
  }
}

/// The one that an operator should know of.
int Weight(v1::Job::State state) {
  switch (state) {
    case v1::Job::FAILING:
      return 2;
    case v1::Job::RUNNING:
      return 1;
    default:
      return 0;
  }
}

void Add(const v1::ClusterNode& node, const v1::BackgroundTask& task, v1::Job* job) {
  job->set_unit(task.unit());
  job->set_done(job->done() + task.done());
  job->set_total(job->total() + task.total());
  job->set_rate(job->rate() + task.rate());
  // Nodes work side by side: the slowest is the last.
  const bool unknown = job->seconds_left() < 0 || task.seconds_left() < 0;
  job->set_seconds_left(unknown ? -1 : std::max(job->seconds_left(), task.seconds_left()));
  const v1::Job::State state = StateOf(task.state());
  if (Weight(state) > Weight(job->state())) job->set_state(state);
  if (job->problem().empty() && !task.problem().empty()) {
    job->set_problem(absl::StrCat(NameOf(node), ": ", task.problem()));
  }
  job->set_passes(job->passes() + task.passes());
}

}  // namespace

std::vector<v1::Job> StandingJobs(const ClusterMap& map, const NodeMonitor& monitor) {
  std::vector<v1::Job> jobs;
  for (const v1::Job::Kind kind : {v1::Job::SYNC, v1::Job::HAND_OVER, v1::Job::SCRUB}) {
    v1::Job& job = jobs.emplace_back();
    job.set_id(JobKindName(kind));
    job.set_kind(kind);
    job.set_state(v1::Job::IDLE);
    for (const v1::ClusterNode& node : map.proto().nodes()) {
      if (node.state() == v1::ClusterNode::OUT) continue;
      const auto seen = monitor.Find(NodeId(node.id()));
      if (!seen.has_value()) continue;
      for (const v1::BackgroundTask& task : seen->last.tasks()) {
        if (task.name() == job.id()) Add(node, task, &job);
      }
    }
  }
  return jobs;
}

v1::Job JobOf(v1::Job::Kind kind, const v1::BackgroundTask& task) {
  v1::Job job;
  job.set_id(JobKindName(kind));
  job.set_kind(kind);
  job.set_state(StateOf(task.state()));
  job.set_unit(task.unit());
  job.set_done(task.done());
  job.set_total(task.total());
  job.set_rate(task.rate());
  job.set_seconds_left(task.seconds_left());
  job.set_problem(task.problem());
  job.set_passes(task.passes());
  return job;
}

}  // namespace trebol
