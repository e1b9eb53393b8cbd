#include "cli/node_wait.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/human.h"
#include "cli/progress.h"

namespace trebol::cli {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(500);
constexpr absl::Duration kPatience = absl::Minutes(1);
constexpr absl::Duration kBetweenLines = absl::Seconds(10);  // where there is no terminal

void Sleep(absl::Duration duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, absl::ToChronoNanoseconds(duration), [] { return false; });
}

/// The nodes of which the end of the drain is waited for.
std::set<std::string> Draining(const client::NodeChangePlan& plan) {
  std::set<std::string> nodes;
  for (const client::NodeChangePlan::Node& node : plan.nodes) {
    if (node.state == "draining") nodes.insert(node.id);
  }
  return nodes;
}

bool IsDone(const client::ClusterStatus& status, const client::NodeChangePlan& plan,
            const std::set<std::string>& draining) {
  // One that is older than the plan knows nothing of it.
  if (status.map_epoch < plan.map_epoch + (plan.changes_nothing ? 0 : 1)) return false;
  return status.moving_partitions == 0 &&
         std::none_of(status.nodes.begin(), status.nodes.end(), [&](const auto& node) {
           return node.state == "draining" && draining.contains(node.id);
         });
}

}  // namespace

std::string FormatMoves(const MoveState& state) {
  std::string line =
      absl::StrCat(state.partitions_left, " of ", Count(state.partitions_total, "partition"),
                   " left, ", HumanBytes(state.bytes_done), " of ", HumanBytes(state.bytes_total));
  if (state.bytes_per_second < 1) return line;
  const double left = static_cast<double>(state.bytes_total - state.bytes_done);
  absl::StrAppend(&line, ", ", HumanBytes(static_cast<uint64_t>(state.bytes_per_second)), "/s, ",
                  HumanDuration(absl::Seconds(left / state.bytes_per_second)), " left");
  return line;
}

void AwaitMoves(const client::Client& client, const client::NodeChangePlan& plan,
                Console& console) {
  Environment& environment = console.environment();
  const std::set<std::string> draining = Draining(plan);
  RateMeter rate;
  MoveState state{.bytes_total = plan.moved_bytes};
  Instant reached = environment.clock.Now();
  Instant shown = reached - kBetweenLines;
  while (!environment.stop.stop_requested()) {
    const auto status = client.GetClusterStatus();
    const Instant now = environment.clock.Now();
    if (!status.ok()) {
      if (now - reached >= kPatience) return console.Fail("", status.status());
      Sleep(kInterval, environment.stop);
      continue;
    }
    reached = now;
    if (IsDone(*status, plan, draining)) {
      console.ShowStatusLine("");
      return console.Print("all has moved");
    }
    state.partitions_left = status->moving_partitions;
    state.partitions_total = std::max(state.partitions_total, state.partitions_left);
    const double done =
        state.partitions_total == 0
            ? 1
            : 1 - static_cast<double>(state.partitions_left) / state.partitions_total;
    state.bytes_done = static_cast<uint64_t>(done * static_cast<double>(state.bytes_total));
    rate.Record(now, state.bytes_done);
    state.bytes_per_second = rate.BytesPerSecond();
    if (environment.err_is_terminal) {
      console.ShowStatusLine(FormatMoves(state));
    } else if (now - shown >= kBetweenLines) {
      console.Note(FormatMoves(state));
      shown = now;
    }
    Sleep(kInterval, environment.stop);
  }
}

}  // namespace trebol::cli
