#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "client/internal/grpc_connection.h"
#include "client/internal/unary_call.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Admin = v1::AdminService::Stub;

Job FromMessage(const v1::Job& message) {
  Job job;
  job.id = message.id();
  job.kind =
      absl::StrReplaceAll(absl::AsciiStrToLower(v1::Job::Kind_Name(message.kind())), {{"_", "-"}});
  job.state = absl::AsciiStrToLower(v1::Job::State_Name(message.state()));
  for (const uint64_t node : message.nodes()) job.nodes.push_back(ToHex(node));
  job.done = message.done();
  job.total = message.total();
  job.unit = message.unit();
  job.rate = message.rate();
  job.seconds_left = message.seconds_left();
  job.problem = message.problem();
  const auto time = [](uint64_t us, absl::Time none) {
    return us == 0 ? none : absl::FromUnixMicros(static_cast<int64_t>(us));
  };
  job.began = time(message.began_us(), absl::InfinitePast());
  job.ended = time(message.ended_us(), absl::InfiniteFuture());
  job.passes = message.passes();
  return job;
}

}  // namespace

absl::StatusOr<JobList> GrpcConnection::ListJobs(const CallContext& context) {
  ASSIGN_OR_RETURN(const v1::ListJobsResponse listed,
                   Read(*transport_, context, &Admin::ListJobs, v1::ListJobsRequest()));
  JobList list;
  for (const v1::Job& job : listed.jobs()) list.jobs.push_back(FromMessage(job));
  for (const v1::Job& job : listed.history()) list.history.push_back(FromMessage(job));
  return list;
}

absl::StatusOr<Job> GrpcConnection::ChangeJob(const CallContext& context, JobVerb verb,
                                              const std::string& id) {
  v1::ChangeJobRequest request;
  request.set_verb(static_cast<v1::ChangeJobRequest::Verb>(verb));
  request.set_id(id);
  // A repeat finds it done; a scrub that is asked for twice is no harm.
  ASSIGN_OR_RETURN(const v1::ChangeJobResponse changed,
                   Read(*transport_, context, &Admin::ChangeJob, request));
  return FromMessage(changed.job());
}

}  // namespace trebol::client
