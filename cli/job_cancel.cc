#include <cstdint>

#include "cli/job_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void JobCancel(const Arguments& arguments, Console& console) {
  std::vector<std::string> ids;
  CommandLine line(
      "job cancel", "JOB...",
      "Calls a drain off: its node holds data again, and what it gave away comes back to it.\n"
      "Other work cannot be called off, but paused.",
      console);
  line.Positionals(&ids, 1, SIZE_MAX);
  line.Example("trebol job cancel drain-12");
  if (!line.Parse(arguments)) return;
  ChangeJobs(client::JobVerb::kCancel, ids, line, console);
}

}  // namespace trebol::cli
