#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/command_line.h"
#include "cli/job_table.h"
#include "cli/json.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

struct Shown {
  bool all = false;
  bool json = false;
};

void Print(const client::JobList& list, const Shown& shown, Console& console) {
  if (shown.json) {
    for (const client::Job& job : list.jobs) console.Print(JobJson(job));
    if (!shown.all) return;
    for (const client::Job& job : list.history) console.Print(JobJson(job));
    return;
  }
  for (const std::string& line : JobLines(list.jobs)) console.Print(line);
  if (!shown.all) return;
  console.Print("");
  if (list.history.empty()) return console.Print("nothing has ended yet");
  for (const std::string& line : JobHistoryLines(list.history)) console.Print(line);
}

/// Until Ctrl-C, or until the cluster does not answer. On a terminal each picture takes the place
/// of the one before.
void Watch(const client::Client& client, const Shown& shown, Console& console) {
  Environment& environment = console.environment();
  std::mutex mutex;
  std::condition_variable_any stopped;
  while (!environment.stop.stop_requested()) {
    const auto list = client.ListJobs();
    if (!list.ok()) return console.Fail("", list.status());
    console.Succeed();
    if (environment.out_is_terminal) console.Write("\x1b[H\x1b[2J").IgnoreError();
    Print(*list, shown, console);
    if (!console.OutputStatus().ok()) return;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, environment.stop, absl::ToChronoNanoseconds(kInterval),
                     [] { return false; });
  }
}

}  // namespace

void JobLs(const Arguments& arguments, Console& console) {
  Shown shown;
  bool watch = false;
  CommandLine line(
      "job ls", "",
      "Lists the work that goes on in the background: what moves copies because nodes were\n"
      "added, drained or lost, and what never ends: sync (members fetch copies that they lack),\n"
      "hand-over (hints are delivered), scrub (every copy is read and verified), garbage (deleted\n"
      "bytes are taken off the nodes), audits.",
      console);
  line.Flag("-a,--all", &shown.all, "Also what ended of late, the newest first");
  line.Flag("-w,--watch", &watch, "Again every second, until Ctrl-C");
  line.Flag("--json", &shown.json, "One JSON object a line");
  line.Example("trebol job ls --watch");
  line.Example("trebol job ls --all");
  if (!line.Parse(arguments)) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  if (watch) return Watch(*client, shown, console);
  const auto list = client->ListJobs();
  if (!list.ok()) return console.Fail("", list.status());
  Print(*list, shown, console);
}

}  // namespace trebol::cli
