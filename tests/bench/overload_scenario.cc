// More is asked for than the machine can do, then less again.
#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "tests/bench/availability_bench.h"
#include "tests/bench/gateway_counters.h"

namespace trebol::bench {
namespace {

constexpr double kUserPatience = 1;  // seconds; what comes later is good for nobody
constexpr double kAbove = 2;         // of the capacity
constexpr double kBelow = 0.7;       // of the capacity, before and after
constexpr double kGoodShare = 0.95;  // of what is offered
constexpr uint64_t kCopies = 3;

double Ratio(uint64_t above, uint64_t below) {
  return static_cast<double>(above) / static_cast<double>(std::max<uint64_t>(below, 1));
}

}  // namespace

absl::Status AvailabilityBench::Overload(const std::string& name) {
  const FaultDose& dose = options_.dose;
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(RigOptions(name)));
  ASSIGN_OR_RETURN(const double capacity,
                   OperationsPerSecond(*rig, dose.probe_clients, dose.capacity));
  const std::string admin = rig->cluster().AdminEndpoint("gateway-0");
  const double before = dose.settle + dose.healthy;
  ASSIGN_OR_RETURN(
      RunningLoad load,
      rig->StartLoad({absl::StrCat("--clients=", dose.clients),
                      absl::StrCat("--threads=", dose.overload_clients),
                      absl::StrCat("--most-late=", kUserPatience),
                      absl::StrFormat("--schedule=%f:%f,%f:%f,%f:%f", kBelow * capacity, before,
                                      kAbove * capacity, dose.overload, kBelow * capacity,
                                      dose.after_overload)}));
  const int64_t begin = load.begin_us();
  const Span healthy{begin + Micros(dose.settle), begin + Micros(before)};
  const Span overload{healthy.to_us, healthy.to_us + Micros(dose.overload)};
  const Span after{overload.to_us, overload.to_us + Micros(dose.after_overload)};
  RETURN_IF_ERROR(load.SleepUntil(overload.from_us));
  const int64_t first_us = NowMicros();
  ASSIGN_OR_RETURN(const GatewayCounters first, ReadGatewayCounters(admin));
  RETURN_IF_ERROR(load.SleepUntil(overload.to_us));
  const int64_t last_us = NowMicros();
  ASSIGN_OR_RETURN(const GatewayCounters last, ReadGatewayCounters(admin));
  ASSIGN_OR_RETURN(const Timeline timeline, load.Finish());

  // Ends beside ends: what is on its way at either edge is in neither.
  const uint64_t requests = timeline.CountEnded({first_us, last_us});
  const GatewayCounters counted = last - first;
  const double attempts = Ratio(counted.requests, requests);
  const double calls = Ratio(counted.chunk_puts + counted.chunk_gets,
                             kCopies * counted.puts_done + counted.gets_done);
  const auto share = [&](Span span, Outcome outcome) {
    return Ratio(timeline.Count(span, outcome), timeline.Count(span));
  };
  const auto good = [&](Span span) {
    return timeline.GoodPerSecond(span, kUserPatience * 1e3) / Ratio(timeline.Count(span), 1) *
           span.seconds();
  };
  RETURN_IF_ERROR(CheckRest(good(healthy) >= kGoodShare));
  const std::optional<double> again =
      timeline.SecondsUntilGood(after, kGoodShare, kUserPatience * 1e3);
  const auto both = [&](const char* metric, double without, double with) {
    results_.Add(name, metric, Phase::kHealthy, without);
    results_.Add(name, metric, Phase::kFault, with);
  };
  both("ops_per_s", timeline.GoodPerSecond(healthy, kUserPatience * 1e3),
       timeline.GoodPerSecond(overload, kUserPatience * 1e3));
  both("good_share", good(healthy), good(overload));
  both("failed_share", share(healthy, Outcome::kFailed), share(overload, Outcome::kFailed));
  both("not_begun_share", share(healthy, Outcome::kNotBegun), share(overload, Outcome::kNotBegun));
  results_.Add(name, "good_again_s", Phase::kFault, again.value_or(kDidNotCome));
  results_.Add(name, "attempts_per_request", Phase::kFault, attempts);
  results_.Add(name, "node_calls_per_copy", Phase::kFault, calls);
  std::printf(
      "  %-15s %.0f/s are twice too many; well and in time %.0f %% before, %.0f %% meanwhile; good "
      "again %s; %.3f attempts a request, %.3f calls a copy\n",
      name.c_str(), kAbove * capacity, 100 * good(healthy), 100 * good(overload),
      again.has_value() ? absl::StrFormat("after %.0f s", *again).c_str()
                        : absl::StrFormat("not within %.0f s", after.seconds()).c_str(),
      attempts, calls);
  SayErrors(load);
  return absl::OkStatus();
}

}  // namespace trebol::bench
