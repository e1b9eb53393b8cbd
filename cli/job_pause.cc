#include <cstdint>

#include "cli/job_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void JobPause(const Arguments& arguments, Console& console) {
  std::vector<std::string> ids;
  CommandLine line(
      "job pause", "JOB...",
      "Lets work in the background rest until 'trebol job resume'. The cluster status says so.\n"
      "While sync rests no lost copy is made again; while hand-over rests hints stay where\n"
      "they are. 'trebol job ls' has the names.",
      console);
  line.Positionals(&ids, 1, SIZE_MAX);
  line.Example("trebol job pause scrub");
  line.Example("trebol job pause drain-12");
  if (!line.Parse(arguments)) return;
  ChangeJobs(client::JobVerb::kPause, ids, line, console);
}

}  // namespace trebol::cli
