#include "metadata/cluster/audit_progress.h"

#include <algorithm>

namespace trebol {
namespace {

v1::BackgroundTask::State StateOf(const AuditProgress& progress) {
  if (progress.paused) return v1::BackgroundTask::PAUSED;
  if (!progress.problem.empty()) return v1::BackgroundTask::FAILING;
  return progress.running ? v1::BackgroundTask::RUNNING : v1::BackgroundTask::IDLE;
}

}  // namespace

void AuditProgress::Begin(Instant now) {
  start = false;
  running = true;
  began = now;
  done = 0;
  problem.clear();
}

void AuditProgress::End(Instant now) {
  running = false;
  ++passes;
  ended = now;
  last_done = done;
}

v1::BackgroundTask AuditProgress::Describe(const std::string& name, const std::string& unit,
                                           Instant now) const {
  v1::BackgroundTask task;
  task.set_name(name);
  task.set_state(StateOf(*this));
  task.set_problem(problem);
  task.set_unit(unit);
  task.set_done(done);
  if (passes > 0) task.set_total(std::max(last_done, done));
  task.set_passes(passes);
  task.set_seconds_left(-1);
  task.set_last_pass_age_seconds(ended ? absl::ToDoubleSeconds(now - *ended) : -1);
  if (!running || now <= began) return task;
  task.set_rate(static_cast<double>(done) / absl::ToDoubleSeconds(now - began));
  if (task.total() > 0 && task.rate() > 0) {
    task.set_seconds_left(static_cast<double>(task.total() - done) / task.rate());
  }
  return task;
}

}  // namespace trebol
