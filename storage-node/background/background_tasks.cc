#include "storage-node/background/background_tasks.h"

#include <string>

namespace trebol {
namespace {

void SetRate(double rate, v1::BackgroundTask* task) {
  task->set_rate(rate);
  const uint64_t left = task->total() > task->done() ? task->total() - task->done() : 0;
  if (left == 0) {
    task->set_seconds_left(0);
  } else {
    task->set_seconds_left(rate > 0 ? static_cast<double>(left) / rate : -1);
  }
}

void SetState(const absl::Status& problem, bool working, v1::BackgroundTask* task) {
  task->set_last_pass_age_seconds(-1);
  if (!problem.ok()) {
    task->set_state(v1::BackgroundTask::FAILING);
    task->set_problem(std::string(problem.message()));
  } else {
    task->set_state(working ? v1::BackgroundTask::RUNNING : v1::BackgroundTask::IDLE);
  }
}

}  // namespace

std::vector<v1::BackgroundTask> BackgroundTasks::Describe() {
  const Instant now = clock_.Now();
  MutexLock lock(&mutex_);
  std::vector<v1::BackgroundTask> tasks = {DescribeSync(now), DescribeHandOver(now),
                                           DescribeScrub(now)};
  for (v1::BackgroundTask& task : tasks) {
    if (paused_.Task(task.name())) task.set_state(v1::BackgroundTask::PAUSED);
  }
  return tasks;
}

v1::BackgroundTask BackgroundTasks::DescribeSync(Instant now) {
  const PartitionSync::Report report = sync_.report();
  v1::BackgroundTask task;
  task.set_name(PartitionSync::kTask);
  task.set_unit("bytes");
  task.set_done(report.copied_bytes);
  task.set_total(report.copied_bytes + report.missing_bytes);
  SetState(report.problem, report.missing_chunks > 0, &task);
  SetRate(sync_rate_.Update(now, report.copied_bytes), &task);
  return task;
}

v1::BackgroundTask BackgroundTasks::DescribeHandOver(Instant now) {
  const HandOver::Report report = hand_over_.report();
  v1::BackgroundTask task;
  task.set_name(HandOver::kTask);
  task.set_unit("chunks");
  task.set_done(report.forgotten_chunks);
  task.set_total(report.forgotten_chunks + report.chunks);
  SetState(report.problem, report.chunks > 0, &task);
  SetRate(hand_over_rate_.Update(now, report.forgotten_chunks), &task);
  return task;
}

v1::BackgroundTask BackgroundTasks::DescribeScrub(Instant now) {
  const Scrubber::Progress progress = scrub_.progress();
  v1::BackgroundTask task;
  task.set_name(Scrub::kTask);
  task.set_unit("bytes");
  task.set_done(progress.done_bytes);
  task.set_total(progress.total_bytes);
  SetState(scrub_.problem(), scrub_.running(), &task);
  SetRate(scrub_rate_.Update(now, progress.done_bytes), &task);
  task.set_passes(progress.passes);
  if (progress.last_pass_ended_at != absl::InfinitePast()) {
    task.set_last_pass_age_seconds(
        absl::ToDoubleSeconds(clock_.WallTime() - progress.last_pass_ended_at));
  }
  return task;
}

}  // namespace trebol
