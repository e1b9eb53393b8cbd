#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/cluster/job_kind.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

using Change = v1::ChangeJobsCommand::Change;
using Jobs = google::protobuf::RepeatedPtrField<v1::Job>;

std::string NextId(v1::Job::Kind kind, v1::JobsRow* row) {
  row->set_last_number(row->last_number() + 1);
  return absl::StrCat(JobKindName(kind), "-", row->last_number());
}

/// A drain is of one node; of the other kinds one goes on at a time.
bool IsSame(const v1::Job& open, const v1::Job& job) {
  if (open.kind() != job.kind()) return false;
  return job.kind() != v1::Job::DRAIN || std::equal(open.nodes().begin(), open.nodes().end(),
                                                    job.nodes().begin(), job.nodes().end());
}

void Begin(const v1::Job& job, const ApplyContext& context, v1::JobsRow* row) {
  Jobs& open = *row->mutable_open();
  const auto found = std::find_if(open.begin(), open.end(),
                                  [&job](const v1::Job& one) { return IsSame(one, job); });
  if (found == open.end()) {
    v1::Job& begun = *open.Add();
    begun = job;
    begun.set_id(NextId(job.kind(), row));
    begun.set_state(v1::Job::RUNNING);
    begun.set_began_us(context.time_us);
    return;
  }
  found->set_total(std::max(found->total(), job.total()));
  for (const uint64_t node : job.nodes()) {
    const auto& known = found->nodes();
    if (std::find(known.begin(), known.end(), node) == known.end()) found->add_nodes(node);
  }
}

void Resume(const std::string& id, v1::JobsRow* row) {
  auto& paused = *row->mutable_paused();
  paused.erase(std::remove(paused.begin(), paused.end(), id), paused.end());
}

void Pause(const std::string& id, v1::JobsRow* row) {
  Resume(id, row);
  row->add_paused(id);
}

void End(const v1::Job& job, const ApplyContext& context, v1::JobsRow* row) {
  v1::Job ended = job;
  if (job.id().empty()) {
    ended.set_id(NextId(job.kind(), row));
  } else {
    Jobs& open = *row->mutable_open();
    const auto found = std::find_if(open.begin(), open.end(),
                                    [&job](const v1::Job& one) { return one.id() == job.id(); });
    if (found == open.end()) return;
    ended = *found;
    ended.set_state(job.state());
    ended.set_done(job.done());
    open.erase(found);
    Resume(job.id(), row);
  }
  ended.set_ended_us(context.time_us);
  *row->add_history() = std::move(ended);
  const int excess = row->history_size() - kJobsKept;
  if (excess > 0) row->mutable_history()->DeleteSubrange(0, excess);
}

}  // namespace

absl::StatusOr<v1::Outcome> ChangeJobs(Transaction& rows, const v1::ChangeJobsCommand& command,
                                       const ApplyContext& context) {
  ASSIGN_OR_RETURN(v1::JobsRow row, ReadJobs(rows));
  for (const Change& change : command.changes()) {
    switch (change.verb()) {
      case Change::BEGIN:
        Begin(change.job(), context, &row);
        break;
      case Change::END:
        End(change.job(), context, &row);
        break;
      case Change::PAUSE:
        Pause(change.job().id(), &row);
        break;
      case Change::RESUME:
        Resume(change.job().id(), &row);
        break;
      case Change::REQUEST_SCRUB:
        row.set_scrub_request(row.scrub_request() + 1);
        break;
      default:
        return MakeError(
            absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
            absl::StrCat("the change of jobs has verb ", static_cast<int>(change.verb()),
                         ", which this release does not know"));
    }
  }
  RETURN_IF_ERROR(PutRow(rows, row_keys::Jobs(), row));
  return v1::Outcome();
}

}  // namespace trebol::catalog
