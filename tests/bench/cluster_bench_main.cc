// trebol-cluster-bench, which ./dev bench calls: the machine's raw limits and a cluster on the same
// bytes, in turn.

#include <signal.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "tests/bench/cluster_bench.h"
#include "tests/bench/programs.h"

namespace trebol::bench {
namespace {

volatile sig_atomic_t interrupted = 0;

int Fail(const std::string& why) {
  std::fprintf(stderr, "./dev bench: %s\n", why.c_str());
  return 1;
}

int Run(int argc, char** argv) {
  ClusterBench::Options options;
  Dose& dose = options.dose;
  options.interrupted = [] { return interrupted != 0; };
  std::string parent = BuildFolder(), json_file;
  bool smoke = false;

  CLI::App app("The machine's raw limits and a cluster of separate processes on the same bytes.",
               "./dev bench");
  app.add_option("NAME", options.names,
                 "Beginnings of the rows that are wanted: put, get-4KiB, disk, list, copy, "
                 "complete, memory; none or 'cluster': all");
  app.add_option("--json", json_file, "Also write the rows to this file");
  app.add_option("--rounds", dose.rounds, "How often everything is measured; medians are told")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seconds", dose.seconds, "Of each load")->capture_default_str();
  app.add_option("--keys", dose.listed_keys, "In the bucket that is listed")->capture_default_str();
  app.add_option("--copy-size", dose.copied_bytes, "Of the object that is copied: 10GiB")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/true));
  app.add_option("--dir", parent, "On the disk that is measured; what is written is removed")
      ->capture_default_str();
  app.add_flag("--smoke", smoke, "A few bytes of everything, to see that it works");
  CLI11_PARSE(app, argc, argv);
  std::erase(options.names, "cluster");
  if (smoke) dose = SmokeDose();

  const Workplace workplace(parent);
  if (workplace.path().empty()) return Fail(absl::StrCat("cannot make a folder in ", parent));
  options.directory = workplace.path();
  const auto rows = ClusterBench(options).Run();
  if (!rows.ok()) return Fail(std::string(rows.status().message()));
  std::printf("\nmedians of %d rounds\n%s\n%s", dose.rounds, ToTable(*rows).c_str(),
              CompareWithGoals(*rows).c_str());
  if (json_file.empty()) return 0;
  std::ofstream out(json_file);
  out << ToJson(*rows);
  out.flush();
  return out.good() ? 0 : Fail(absl::StrCat("cannot write ", json_file));
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
