// A node is lost for good, and what it held is copied from the others while clients go on.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/client.h"
#include "common/base/status_macros.h"
#include "tests/bench/availability_bench.h"

namespace trebol::bench {
namespace {

constexpr uint64_t kObjectBytes = 4 * kMiB;
constexpr absl::Duration kStatusInterval = absl::Milliseconds(100);
constexpr double kOutAfter = 5;
// Beyond what the cap allows, and beyond kOutAfter: the load is to outlast the repair.
constexpr double kSlack = 1.3;
constexpr double kSlackSeconds = 15;

}  // namespace

struct AvailabilityBench::Loss {
  uint64_t bytes = 0;  // that the node held
  int64_t killed_us = 0;
  Span repair;  // from when it was out until all copies were there; empty: that did not come
};

absl::Status AvailabilityBench::FillForLoss(FaultRig& rig) {
  // A node has three fifths of what is stored.
  const uint64_t stored = options_.dose.lost_bytes * FaultRig::kNodes / 3;
  return rig
      .RunProgram({"trebol-bench-load", "put", "--endpoint", rig.endpoint(),
                   absl::StrCat("--size=", kObjectBytes), "--clients=8", "--seconds=3600",
                   "--warm-up=0", absl::StrCat("--most-bytes=", stored)})
      .status();
}

absl::StatusOr<AvailabilityBench::Loss> AvailabilityBench::LoseNode(FaultRig& rig) const {
  ASSIGN_OR_RETURN(const client::Client client,
                   client::Client::Create({.endpoint = rig.endpoint()}));
  const std::string endpoint = rig.cluster().Endpoint(FaultRig::kNode);
  Loss loss;
  loss.killed_us = NowMicros();
  RETURN_IF_ERROR(rig.cluster().Kill(FaultRig::kNode));
  std::optional<int64_t> out_us;
  while (NowMicros() < loss.killed_us + Micros(options_.dose.repair)) {
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    absl::SleepFor(kStatusInterval);
    const auto status = client.GetClusterStatus();
    if (!status.ok()) continue;
    for (const client::NodeStatus& node : status->nodes) {
      if (node.endpoint != endpoint) continue;
      if (node.chunk_bytes > 0) loss.bytes = node.chunk_bytes;
      if (node.state == "out" && !out_us.has_value()) out_us = NowMicros();
    }
    const bool whole = status->moving_partitions == 0 && status->degraded_partitions == 0;
    if (!out_us.has_value() || !whole) continue;
    loss.repair = {*out_us, NowMicros()};
    return loss;
  }
  return loss;
}

absl::Status AvailabilityBench::Repair(const std::string& name) {
  const FaultDose& dose = options_.dose;
  FaultRig::Options options = RigOptions(name);
  options.metadata_flags = {absl::StrCat("--out-after=", kOutAfter, "s")};
  options.storage_flags = {
      absl::StrCat("--repair-rate=", dose.repair_cap / (FaultRig::kNodes - 1), "B")};
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(options));
  RETURN_IF_ERROR(FillForLoss(*rig));
  ASSIGN_OR_RETURN(const double capacity, OperationsPerSecond(*rig, dose.clients, dose.capacity));
  const double rate = dose.share * capacity;
  const double repair = static_cast<double>(dose.lost_bytes) / static_cast<double>(dose.repair_cap);
  const double seconds = dose.settle + dose.healthy + kOutAfter + kSlack * repair + kSlackSeconds;
  ASSIGN_OR_RETURN(RunningLoad load,
                   rig->StartLoad({absl::StrCat("--clients=", dose.clients),
                                   absl::StrCat("--threads=", dose.clients),
                                   absl::StrCat("--schedule=", rate, ":", seconds)}));
  const int64_t begin = load.begin_us() + Micros(dose.settle);
  const Span healthy{begin, begin + Micros(dose.healthy)};
  RETURN_IF_ERROR(load.SleepUntil(healthy.to_us));
  ASSIGN_OR_RETURN(const Loss loss, LoseNode(*rig));
  ASSIGN_OR_RETURN(const Timeline timeline, load.Finish());
  RETURN_IF_ERROR(CheckRest(IsAtRest(timeline, healthy, capacity)));

  const bool came = loss.repair.to_us > 0;
  const double mb = static_cast<double>(loss.bytes) / 1e6;
  const double took = came ? loss.repair.seconds() : kDidNotCome;
  results_.Add(name, "lost_mb", Phase::kFault, mb);
  results_.Add(name, "whole_again_s", Phase::kFault, took);
  results_.Add(name, "mb_per_s", Phase::kFault, mb / took);
  results_.Add(name, "share_of_cap", Phase::kFault,
               mb * 1e6 / took / static_cast<double>(dose.repair_cap));
  std::printf("  %-15s %.0f MB lost; whole again %s\n  %-15s %5.0f/s; ", name.c_str(), mb,
              came ? absl::StrFormat("%.1f s after the node was out, %.1f MB/s, cap %.1f", took,
                                     mb / took, static_cast<double>(dose.repair_cap) / 1e6)
                         .c_str()
                   : absl::StrFormat("not within %.0f s", dose.repair).c_str(),
              name.c_str(), rate);
  if (came) AddFault(name, timeline, healthy, loss.repair);
  SayErrors(load);
  return absl::OkStatus();
}

}  // namespace trebol::bench
