// trebol-torture, which ./dev torture calls: a cluster of separate processes under load, with a
// nemesis from a seed, and the verdicts of a linearizability checker and of a ledger.

#include <signal.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "tests/torture/torture_run.h"

namespace trebol::torture {
namespace {

volatile sig_atomic_t interrupted = 0;

/// Of the build that we are part of: a disk, where /tmp may be memory.
std::string BuildFolder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path().parent_path();
}

int Run(int argc, char** argv) {
  TortureRun::Options options;
  options.seed = std::random_device()();
  options.pace.long_one_in = 25;
  options.interrupted = [] { return interrupted != 0; };
  options.say = [](const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  };
  double minutes = 10;
  double within = 180;
  std::string faults = "all", converged = "healthy", parent = BuildFolder();
  bool keep = false;

  CLI::App app("A cluster of separate processes under load and a nemesis.", "./dev torture");
  app.add_option("--minutes", minutes, "Of the safety phase (default 10)")
      ->check(CLI::Range(0.1, 100'000.0));
  app.add_option("--seed", options.seed, "Of clients and nemesis (default: any)");
  app.add_option("--nemesis", faults,
                 absl::StrCat("Names or groups, separated by commas (default all): ", AllNames(),
                              "; groups: kill, pause, partition, slow, all"));
  app.add_option("--nodes", options.nodes, "Storage nodes (default 5)")->check(CLI::Range(3, 30));
  app.add_option("--gateways", options.gateways, "Gateways (default 2)")->check(CLI::Range(1, 10));
  app.add_option("--zones", options.zones, "Zones (default 3)")->check(CLI::Range(1, 30));
  app.add_option("--kills", options.least_kills, "Go on until there were so many kills");
  app.add_option(
         "--converged", converged,
         "What recovered means: serving, healthy (default), or whole: all copies, no garbage")
      ->check(CLI::IsMember({"serving", "healthy", "whole"}));
  app.add_option("--within", within, "Seconds in which it must recover (default 180)")
      ->check(CLI::Range(1.0, 100'000.0));
  app.add_option("--dir", parent, "Where the run has its directory (default: the build folder)");
  app.add_flag("--keep", keep, "Keep the directory when nothing was found, too");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto parsed = ParseFaults(faults);
  if (!parsed.ok()) {
    std::fprintf(stderr, "./dev torture: --nemesis: %s\n",
                 std::string(parsed.status().message()).c_str());
    return 2;
  }
  options.faults = *parsed;
  options.duration = absl::Minutes(1) * minutes;
  options.converge_within = absl::Seconds(1) * within;
  options.converged = std::map<std::string, Converged>{{"serving", Converged::kServing},
                                                       {"healthy", Converged::kHealthy},
                                                       {"whole", Converged::kWhole}}[converged];
  std::error_code error;
  options.dir = std::filesystem::absolute(absl::StrCat(parent, "/torture-", options.seed));
  std::filesystem::remove_all(options.dir, error);  // of an earlier run with the seed
  std::filesystem::create_directories(options.dir, error);
  std::printf("replay: build/bin/trebol-torture --seed %llu --minutes %g --nemesis %s --nodes %d\n",
              static_cast<unsigned long long>(options.seed), minutes, faults.c_str(),
              options.nodes);
  std::fflush(stdout);

  const Report report = TortureRun(options).Run();
  if (!report.good()) {
    std::printf("kept: %s\n", options.dir.c_str());
  } else if (!keep) {
    std::filesystem::remove_all(options.dir, error);
  }
  std::printf("%s", report.Text().c_str());
  return report.good() ? 0 : 1;
}

}  // namespace
}  // namespace trebol::torture

int main(int argc, char** argv) {
  struct sigaction action = {};
  action.sa_handler = [](int) { trebol::torture::interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return trebol::torture::Run(argc, argv);
}
