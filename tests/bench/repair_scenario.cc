// A node is lost for good, and what it held is copied from the others.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/client.h"
#include "common/base/status_macros.h"
#include "tests/bench/availability_bench.h"
#include "tests/bench/programs.h"

namespace trebol::bench {
namespace {

constexpr uint64_t kObjectBytes = 4 * kMiB;
constexpr absl::Duration kStatusInterval = absl::Milliseconds(100);
constexpr absl::Duration kHelpTimeout = absl::Seconds(10);
// A node that is away is given up after so long, where a cluster repairs itself.
constexpr char kOutAfterFlag[] = "--out-after";
constexpr char kOutAfter[] = "5s";

}  // namespace

absl::Status AvailabilityBench::CheckThatItRepairs() const {
  const std::string log = options_.directory + "/help.log";
  RETURN_IF_ERROR(
      RunToEnd({ProgramPath("trebol-metadata"), "--help"}, log, kHelpTimeout, options_.interrupted)
          .status());
  std::ifstream file(log);
  const std::string help((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (absl::StrContains(help, kOutAfterFlag)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "this build repairs nothing: trebol-metadata has no ", kOutAfterFlag, "; leave the row out"));
}

absl::Status AvailabilityBench::Repair(const std::string& name) {
  const FaultDose& dose = options_.dose;
  RETURN_IF_ERROR(CheckThatItRepairs());
  FaultRig::Options options = RigOptions(name);
  options.metadata_flags = {kOutAfterFlag, kOutAfter};
  ASSIGN_OR_RETURN(const auto rig, FaultRig::Start(options));
  ASSIGN_OR_RETURN(const client::Client client,
                   client::Client::Create({.endpoint = rig->endpoint()}));
  // A node has three fifths of what is stored.
  const uint64_t stored = dose.lost_bytes * FaultRig::kNodes / 3;
  RETURN_IF_ERROR(
      rig->RunProgram({"trebol-bench-load", "put", "--endpoint", rig->endpoint(),
                       absl::StrCat("--size=", kObjectBytes), "--clients=8", "--seconds=3600",
                       "--warm-up=0", absl::StrCat("--most-bytes=", stored)})
          .status());
  const std::string endpoint = rig->cluster().Endpoint(FaultRig::kNode);
  const int64_t killed_us = NowMicros();
  RETURN_IF_ERROR(rig->cluster().Kill(FaultRig::kNode));
  uint64_t lost_bytes = 0;
  std::optional<int64_t> out_us, healthy_us;
  while (!healthy_us.has_value() && NowMicros() < killed_us + Micros(dose.repair)) {
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    absl::SleepFor(kStatusInterval);
    const auto status = client.GetClusterStatus();
    if (!status.ok()) continue;
    for (const client::NodeStatus& node : status->nodes) {
      if (node.endpoint != endpoint) continue;
      if (node.chunk_bytes > 0) lost_bytes = node.chunk_bytes;
      if (node.state == "out" && !out_us.has_value()) out_us = NowMicros();
    }
    const bool whole = status->health == "healthy" && status->degraded_partitions == 0;
    if (out_us.has_value() && whole) healthy_us = NowMicros();
  }
  const double seconds =
      healthy_us.has_value() ? Span{*out_us, *healthy_us}.seconds() : kDidNotCome;
  const double rate = static_cast<double>(lost_bytes) / 1e6 / seconds;
  results_.Add(name, "lost_mb", Phase::kFault, static_cast<double>(lost_bytes) / 1e6);
  results_.Add(name, "whole_again_s", Phase::kFault, seconds);
  results_.Add(name, "mb_per_s", Phase::kFault, rate);
  if (dose.repair_cap > 0) {
    results_.Add(name, "share_of_cap", Phase::kFault,
                 rate * 1e6 / static_cast<double>(dose.repair_cap));
  }
  std::printf("  %-10s %.0f MB lost; whole again %s, %.0f MB/s\n", name.c_str(),
              static_cast<double>(lost_bytes) / 1e6,
              healthy_us.has_value()
                  ? absl::StrFormat("%.1f s after the node was out", seconds).c_str()
                  : absl::StrFormat("not within %.0f s", dose.repair).c_str(),
              rate);
  std::fflush(stdout);
  return absl::OkStatus();
}

}  // namespace trebol::bench
