#include <cstdint>

#include "cli/job_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void JobResume(const Arguments& arguments, Console& console) {
  std::vector<std::string> ids;
  CommandLine line("job resume", "JOB...", "Lets work go on that was paused.", console);
  line.Positionals(&ids, 1, SIZE_MAX);
  line.Example("trebol job resume scrub");
  if (!line.Parse(arguments)) return;
  ChangeJobs(client::JobVerb::kResume, ids, line, console);
}

}  // namespace trebol::cli
