#include "tests/bench/availability_bench.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"

namespace trebol::bench {
namespace {

constexpr size_t kErrorsTold = 3;
constexpr double kForEver = 1e12;  // milliseconds

}  // namespace

FaultDose SmokeFaultDose() {
  return {.rounds = 1,
          .at_rest = false,
          .settle = 0.5,
          .capacity = 0.5,
          .healthy = 1.5,
          .kill = 2,
          .hang = 2,
          .slow = 2,
          .after = 1,
          .overload = 2,
          .after_overload = 4,
          .share = 0.2,
          .clients = 16,
          .probe_clients = 50,
          .overload_clients = 100,
          .lost_bytes = 32 * kMiB,
          .repair = 30,
          .repair_cap = 16 * kMiB};
}

const AvailabilityBench::Scenario AvailabilityBench::kScenarios[] = {
    {"kill", &AvailabilityBench::Kill},
    {"stop", &AvailabilityBench::Stop},
    {"drop", &AvailabilityBench::Drop},
    {"slow-disk", &AvailabilityBench::SlowDisk},
    {"stutter", &AvailabilityBench::Stutter},
    {"disk-errors", &AvailabilityBench::DiskErrors},
    {"all-disk-errors", &AvailabilityBench::DiskErrorsOfAll},
    {"overload", &AvailabilityBench::Overload},
    {"repair", &AvailabilityBench::Repair},
};

std::vector<std::string> AvailabilityBench::Names() {
  std::vector<std::string> names;
  for (const Scenario& scenario : kScenarios) names.emplace_back(scenario.name);
  return names;
}

absl::Status AvailabilityBench::CheckNames() const {
  const std::vector<std::string> names = Names();
  for (const std::string& name : options_.names) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no row '", name, "'; there are ", absl::StrJoin(names, ", ")));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FaultRow>> AvailabilityBench::Run() {
  RETURN_IF_ERROR(CheckNames());
  for (int round = 1; round <= options_.dose.rounds; ++round) {
    std::printf("round %d of %d\n", round, options_.dose.rounds);
    std::fflush(stdout);
    for (const Scenario& scenario : kScenarios) {
      const bool wanted = options_.names.empty() ||
                          std::find(options_.names.begin(), options_.names.end(), scenario.name) !=
                              options_.names.end();
      if (wanted) RETURN_IF_ERROR(RunScenario(scenario));
    }
  }
  std::vector<FaultRow> rows = results_.Rows();
  if (!rows.empty()) return rows;
  return absl::UnavailableError("nothing could be measured: others use the machine");
}

absl::Status AvailabilityBench::RunScenario(const Scenario& scenario) {
  for (int attempt = 1; attempt <= options_.dose.tries; ++attempt) {
    const absl::Status status = (this->*scenario.run)(scenario.name);
    if (!absl::IsAborted(status)) return status;
    std::printf("  %-15s does not count: %s\n", scenario.name,
                std::string(status.message()).c_str());
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

absl::Status AvailabilityBench::CheckRest(bool at_rest) const {
  if (at_rest || !options_.dose.at_rest) return absl::OkStatus();
  return absl::AbortedError(
      "the healthy cluster did not keep up with its load; others use the machine");
}

FaultRig::Options AvailabilityBench::RigOptions(const std::string& name) const {
  return {.directory = absl::StrCat(options_.directory, "/", name),
          .interrupted = options_.interrupted};
}

absl::StatusOr<double> AvailabilityBench::OperationsPerSecond(FaultRig& rig, int clients,
                                                              double seconds) const {
  const double settle = std::min(options_.dose.settle, 1.0);
  ASSIGN_OR_RETURN(RunningLoad load,
                   rig.StartLoad({absl::StrCat("--clients=", options_.dose.clients),
                                  absl::StrCat("--threads=", clients),
                                  absl::StrCat("--closed-seconds=", settle + seconds)}));
  ASSIGN_OR_RETURN(const Timeline timeline, load.Finish());
  const int64_t from = load.begin_us() + Micros(settle);
  const double reached = timeline.GoodPerSecond({from, from + Micros(seconds)}, kForEver);
  if (reached > 0) return reached;
  const std::vector<std::string> errors = load.Errors();
  return absl::UnavailableError(absl::StrCat("no operation of the load succeeded: ",
                                             errors.empty() ? "no error" : errors.front()));
}

void AvailabilityBench::SayErrors(const RunningLoad& load) {
  const std::vector<std::string> errors = load.Errors();
  for (size_t i = 0; i < std::min(errors.size(), kErrorsTold); ++i) {
    std::printf("    %s\n", errors[i].c_str());
  }
  std::fflush(stdout);
}

}  // namespace trebol::bench
