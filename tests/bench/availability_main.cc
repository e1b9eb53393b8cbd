// trebol-availability-bench, which ./dev bench availability calls: a cluster of separate processes
// under faults, each beside the same cluster without.

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/bench/availability_bench.h"
#include "tests/bench/programs.h"

namespace trebol::bench {
namespace {

volatile sig_atomic_t interrupted = 0;

int Fail(const std::string& why) {
  std::fprintf(stderr, "./dev bench availability: %s\n", why.c_str());
  return 1;
}

int Run(int argc, char** argv) {
  AvailabilityBench::Options options;
  FaultDose& dose = options.dose;
  options.interrupted = [] { return interrupted != 0; };
  std::string parent = BuildFolder(), json_file;
  bool smoke = false;

  CLI::App app("A cluster of separate processes under faults, beside the same without.",
               "./dev bench availability");
  app.add_option("ROW", options.names,
                 absl::StrCat(absl::StrJoin(AvailabilityBench::Names(), ", "), "; none: all"));
  app.add_option("--json", json_file, "Also write the rows to this file");
  app.add_option("--rounds", dose.rounds, "How often everything is measured; medians are told")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--overload-seconds", dose.overload, "Of the overload")->capture_default_str();
  app.add_option("--lost-size", dose.lost_bytes, "Of the node that repair loses: 2GiB")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  app.add_option("--repair-cap", dose.repair_cap,
                 "What repair may move a second, all nodes together: 40MiB")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  app.add_option("--dir", parent, "On the disk that is measured; what is written is removed")
      ->capture_default_str();
  app.add_flag("--smoke", smoke, "A few seconds of everything, to see that it works");
  CLI11_PARSE(app, argc, argv);
  if (smoke) dose = SmokeFaultDose();

  const Workplace workplace(parent);
  if (workplace.path().empty()) return Fail(absl::StrCat("cannot make a folder in ", parent));
  options.directory = workplace.path();
  const auto rows = AvailabilityBench(options).Run();
  if (!rows.ok()) return Fail(std::string(rows.status().message()));
  std::printf("\nmedians of %d rounds\n%s", dose.rounds, FaultRowsToTable(*rows).c_str());
  int code = 0;
  for (const std::string& name :
       options.names.empty() ? AvailabilityBench::Names() : options.names) {
    if (std::any_of(rows->begin(), rows->end(), [&](const auto& row) { return row.name == name; }))
      continue;
    std::fprintf(stderr, "%s was not measured: others used the machine in each round\n",
                 name.c_str());
    code = 1;
  }
  if (json_file.empty()) return code;
  std::ofstream out(json_file);
  out << FaultRowsToJson(*rows);
  out.flush();
  return out.good() ? code : Fail(absl::StrCat("cannot write ", json_file));
}

}  // namespace
}  // namespace trebol::bench

int main(int argc, char** argv) {
  struct sigaction action = {};
  action.sa_handler = [](int) { trebol::bench::interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return trebol::bench::Run(argc, argv);
}
