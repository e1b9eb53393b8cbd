// What happens to one node: it is killed, stopped, cut off, its disk becomes slow or fails reads.
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "tests/bench/availability_bench.h"

namespace trebol::bench {
namespace {

constexpr double kBackTimes = 1.5;  // of the healthy p99
constexpr double kRestTimes = 2;
constexpr int kSlowDiskMilliseconds = 500;
constexpr int kFailingReadsPercent = 30;
constexpr int kStopped = 450, kRunning = 50;  // milliseconds of a node that stutters

}  // namespace

absl::Status AvailabilityBench::UnderFault(const std::string& name, FaultRig& rig,
                                           const Fault& fault, double capacity) {
  const FaultDose& dose = options_.dose;
  const double rate = dose.share * capacity;
  const double seconds = dose.settle + dose.healthy + fault.seconds + fault.after_seconds;
  ASSIGN_OR_RETURN(RunningLoad load,
                   rig.StartLoad({absl::StrCat("--clients=", dose.clients),
                                  absl::StrCat("--threads=", dose.clients),
                                  absl::StrCat("--schedule=", rate, ":", seconds)}));
  const int64_t begin = load.begin_us() + Micros(dose.settle);
  const Span healthy{begin, begin + Micros(dose.healthy)};
  RETURN_IF_ERROR(load.SleepUntil(healthy.to_us));
  const int64_t at = NowMicros();
  const Span faulty{at, at + Micros(fault.seconds)};
  RETURN_IF_ERROR(fault.begin());
  RETURN_IF_ERROR(load.SleepUntil(faulty.to_us));
  RETURN_IF_ERROR(fault.end());
  ASSIGN_OR_RETURN(const Timeline timeline, load.Finish());
  RETURN_IF_ERROR(CheckRest(IsAtRest(timeline, healthy, capacity)));
  std::printf("  %-15s %5.0f/s; ", name.c_str(), rate);
  AddFault(name, timeline, healthy, faulty);
  SayErrors(load);
  return absl::OkStatus();
}

bool AvailabilityBench::IsAtRest(const Timeline& timeline, Span healthy, double capacity) const {
  // At the capacity an operation takes so long on average; well below it 99 of 100 are quicker than
  // twice that, but on a machine that others use too.
  const double at_capacity_ms = 1e3 * options_.dose.clients / capacity;
  return timeline.Quantile(healthy, Which::kAll, 0.99) <= kRestTimes * at_capacity_ms;
}

void AvailabilityBench::AddFault(const std::string& name, const Timeline& timeline, Span healthy,
                                 Span faulty) {
  const auto both = [&](const std::string& metric, double without, double with) {
    results_.Add(name, metric, Phase::kHealthy, without);
    results_.Add(name, metric, Phase::kFault, with);
  };
  // An error is one whenever it comes, after the fault as well.
  const Span all{healthy.to_us, INT64_MAX};
  for (const auto& [outcome, metric] : {std::pair(Outcome::kFailed, "failed_operations"),
                                        std::pair(Outcome::kNotBegun, "not_begun")}) {
    both(metric, static_cast<double>(timeline.Count(healthy, outcome)),
         static_cast<double>(timeline.Count(all, outcome)));
  }
  const std::optional<double> back = timeline.SecondsUntilBack(healthy, faulty, kBackTimes);
  results_.Add(name, "back_s", Phase::kFault, back.value_or(kDidNotCome));
  std::printf("failed %lu, not begun %lu; p99 back %s", timeline.Count(all, Outcome::kFailed),
              timeline.Count(all, Outcome::kNotBegun),
              back.has_value() ? absl::StrFormat("after %.2f s", *back).c_str()
                               : absl::StrFormat("not within %.0f s", faulty.seconds()).c_str());
  for (const auto& [which, verb] :
       {std::pair(Which::kReads, "read"), std::pair(Which::kWrites, "write")}) {
    for (const auto& [q, metric] : {std::pair(0.5, "_p50_ms"), std::pair(0.99, "_p99_ms")}) {
      both(absl::StrCat(verb, metric), timeline.Quantile(healthy, which, q),
           timeline.Quantile(faulty, which, q));
    }
    std::printf("; p99 of %ss %.1f -> %.1f ms", verb, timeline.Quantile(healthy, which, 0.99),
                timeline.Quantile(faulty, which, 0.99));
  }
  std::printf("\n");
  // What of it is the machine's noise, and whether what was back came again.
  const Span later{faulty.from_us + Micros(back.value_or(0)), faulty.to_us};
  both("windows_above", timeline.ShareOfWindowsAbove(healthy, healthy, kBackTimes),
       timeline.ShareOfWindowsAbove(healthy, later, kBackTimes));
}

absl::Status AvailabilityBench::Kill(const std::string& name) {
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(RigOptions(name)));
  ASSIGN_OR_RETURN(const double capacity,
                   OperationsPerSecond(*rig, options_.dose.clients, options_.dose.capacity));
  const Fault fault{.seconds = options_.dose.kill,
                    .begin = [&] { return rig->cluster().Kill(FaultRig::kNode); }};
  return UnderFault(name, *rig, fault, capacity);
}

absl::Status AvailabilityBench::Stop(const std::string& name) {
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(RigOptions(name)));
  ASSIGN_OR_RETURN(const double capacity,
                   OperationsPerSecond(*rig, options_.dose.clients, options_.dose.capacity));
  const Fault fault{.seconds = options_.dose.hang,
                    .after_seconds = options_.dose.after,
                    .begin = [&] { return rig->cluster().Pause(FaultRig::kNode); },
                    .end = [&] { return rig->cluster().Resume(FaultRig::kNode); }};
  return UnderFault(name, *rig, fault, capacity);
}

absl::Status AvailabilityBench::Drop(const std::string& name) {
  FaultRig::Options options = RigOptions(name);
  options.network = true;
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(options));
  ASSIGN_OR_RETURN(const double capacity,
                   OperationsPerSecond(*rig, options_.dose.clients, options_.dose.capacity));
  const Fault fault{.seconds = options_.dose.hang,
                    .after_seconds = options_.dose.after,
                    .begin = [&] { return rig->Cut(); },
                    .end = [&] { return rig->Mend(); }};
  return UnderFault(name, *rig, fault, capacity);
}

absl::Status AvailabilityBench::Stutter(const std::string& name) {
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(RigOptions(name)));
  ASSIGN_OR_RETURN(const double capacity,
                   OperationsPerSecond(*rig, options_.dose.clients, options_.dose.capacity));
  std::jthread stutterer;
  absl::Status resumed;
  const Fault fault{.seconds = options_.dose.slow,
                    .begin =
                        [&] {
                          stutterer = std::jthread([&](const std::stop_token& stop) {
                            while (!stop.stop_requested()) {
                              rig->cluster().Pause(FaultRig::kNode).IgnoreError();
                              absl::SleepFor(absl::Milliseconds(kStopped));
                              resumed = rig->cluster().Resume(FaultRig::kNode);
                              absl::SleepFor(absl::Milliseconds(kRunning));
                            }
                          });
                          return absl::OkStatus();
                        },
                    .end =
                        [&] {
                          stutterer.request_stop();
                          stutterer.join();
                          return resumed;
                        }};
  return UnderFault(name, *rig, fault, capacity);
}

absl::Status AvailabilityBench::SlowDisk(const std::string& name) {
  FaultRig::Options options = RigOptions(name);
  options.faulty_disks = 1;
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(options));
  const double seconds = options_.dose.capacity * 2;
  ASSIGN_OR_RETURN(const double capacity,
                   OperationsPerSecond(*rig, options_.dose.clients, seconds));
  // The disk stays slow for the closed loop that follows.
  const Fault fault{.seconds = options_.dose.slow, .begin = [&] {
                      return rig->SetDisks({.milliseconds = kSlowDiskMilliseconds});
                    }};
  RETURN_IF_ERROR(UnderFault(name, *rig, fault, capacity));
  ASSIGN_OR_RETURN(const double slow, OperationsPerSecond(*rig, options_.dose.clients, seconds));
  results_.Add(name, "ops_per_s", Phase::kHealthy, capacity);
  results_.Add(name, "ops_per_s", Phase::kFault, slow);
  std::printf("  %-15s a closed loop: %.0f -> %.0f/s\n", name.c_str(), capacity, slow);
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status AvailabilityBench::DiskErrors(const std::string& name) {
  return FailingReads(name, 1);
}

absl::Status AvailabilityBench::DiskErrorsOfAll(const std::string& name) {
  return FailingReads(name, FaultRig::kNodes);
}

absl::Status AvailabilityBench::FailingReads(const std::string& name, int nodes) {
  FaultRig::Options options = RigOptions(name);
  options.faulty_disks = nodes;
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(options));
  ASSIGN_OR_RETURN(const double capacity,
                   OperationsPerSecond(*rig, options_.dose.clients, options_.dose.capacity));
  const Fault fault{
      .seconds = options_.dose.slow,
      .after_seconds = options_.dose.after,
      .begin = [&] { return rig->SetDisks({.failing_reads_percent = kFailingReadsPercent}); },
      .end = [&] { return rig->SetDisks({}); }};
  return UnderFault(name, *rig, fault, capacity);
}

}  // namespace trebol::bench
