#include "cli/job_change.h"

#include "absl/strings/str_cat.h"

namespace trebol::cli {

void ChangeJobs(client::JobVerb verb, const std::vector<std::string>& ids, CommandLine& line,
                Console& console) {
  const auto client = line.Connect({.timeout = absl::Seconds(60)});
  if (!client.ok()) return console.Usage(client.status().message());
  for (const std::string& id : ids) {
    const auto job = client->ChangeJob(verb, id);
    if (!job.ok()) {
      console.Fail("", job.status());
      continue;
    }
    console.Succeed();
    console.Print(absl::StrCat(job->id,
                               verb == client::JobVerb::kStart ? ": begins within seconds" : ": ",
                               verb == client::JobVerb::kStart ? "" : job->state));
  }
}

}  // namespace trebol::cli
