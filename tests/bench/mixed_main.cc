// trebol-bench-mixed: a mixed load of a running cluster whose every operation is written down, for
// ./dev bench availability.

#include <cstdio>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/base/lock_checks.h"
#include "tests/bench/mixed_load.h"

namespace trebol::bench {
namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

/// RATE:SECONDS, as often as there is a stretch.
bool ParseSchedule(const std::vector<std::string>& words, MixedLoad* load) {
  for (const std::string& word : words) {
    const std::vector<std::string> parts = absl::StrSplit(word, ':');
    MixedLoad::Stretch stretch;
    if (parts.size() != 2 || !absl::SimpleAtod(parts[0], &stretch.per_second) ||
        !absl::SimpleAtod(parts[1], &stretch.seconds) || stretch.per_second <= 0 ||
        stretch.seconds <= 0) {
      return false;
    }
    load->schedule.push_back(stretch);
  }
  return true;
}

int Run(const MixedLoad& load, const std::string& samples_file) {
  const auto result = RunMixedLoad(load, [](int64_t begin_us) {
    std::printf("begins %ld\n", begin_us);
    std::fflush(stdout);
  });
  if (!result.ok()) return Fail(result.status());
  for (const std::string& error : result->errors) std::fprintf(stderr, "%s\n", error.c_str());
  const absl::Status written = WriteSamples(samples_file, result->samples);
  return written.ok() ? 0 : Fail(written);
}

int Main(int argc, char** argv) {
  CLI::App app("A mixed load of a running cluster, for ./dev bench availability.",
               "trebol-bench-mixed");
  app.require_subcommand(1);
  MixedLoad load;
  std::vector<std::string> schedule;
  std::string samples_file;
  double most_late_seconds = -1;
  int code = 0;

  CLI::App* fill = app.add_subcommand("fill", "Make what is read");
  fill->add_option("--endpoint", load.endpoint, "Whom to call")->required();
  fill->callback([&] {
    const absl::Status status = FillForMixedLoad(load.endpoint);
    if (!status.ok()) code = Fail(status);
  });

  CLI::App* run = app.add_subcommand("run", "Make the load");
  run->add_option("--endpoint", load.endpoint, "Whom to call")->required();
  run->add_option("--samples", samples_file, "Where the operations are written down")->required();
  run->add_option("--clients", load.clients, "Each with connections and a session of its own");
  run->add_option("--threads", load.threads, "So many operations at a time");
  run->add_option("--schedule", schedule, "RATE:SECONDS, one stretch after the other; none: closed")
      ->delimiter(',');
  run->add_option("--closed-seconds", load.closed_seconds, "Of a load without a schedule");
  run->add_option("--most-late", most_late_seconds, "Seconds after which nobody begins any more");
  run->callback([&] {
    if (!ParseSchedule(schedule, &load)) {
      code = Fail(absl::InvalidArgumentError("--schedule is RATE:SECONDS[,RATE:SECONDS…]"));
      return;
    }
    if (most_late_seconds >= 0) load.most_late = absl::Seconds(most_late_seconds);
    code = Run(load, samples_file);
  });
  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace trebol::bench

int main(int argc, char** argv) {
  trebol::SkipLockOrderChecks();
  return trebol::bench::Main(argc, argv);
}
