#include <cstdint>

#include "cli/job_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void JobStart(const Arguments& arguments, Console& console) {
  std::vector<std::string> ids;
  CommandLine line(
      "job start", "JOB...",
      "Begins a pass now of what is done in passes: scrub, which reads and verifies every\n"
      "copy, and the audits. In the middle of a pass nothing happens.",
      console);
  line.Positionals(&ids, 1, SIZE_MAX);
  line.Example("trebol job start scrub");
  if (!line.Parse(arguments)) return;
  ChangeJobs(client::JobVerb::kStart, ids, line, console);
}

}  // namespace trebol::cli
