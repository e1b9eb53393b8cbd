#include "tests/torture/nemesis.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"

namespace trebol::torture {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(50);
constexpr uint64_t kCorruptOneIn = 2'000'000;            // bytes
constexpr absl::Duration kPatience = absl::Seconds(30);  // for a change of the map

}  // namespace

Nemesis::Nemesis(MiniCluster* cluster, std::function<void(const std::string&)> say,
                 std::function<bool()> stop)
    : cluster_(cluster), say_(std::move(say)), stop_(std::move(stop)) {}

void Nemesis::Wait(absl::Duration duration, const std::function<void()>& every) {
  const absl::Time end = absl::Now() + duration;
  for (absl::Time now = absl::Now(); now < end && !stop_(); now = absl::Now()) {
    absl::SleepFor(std::min(kTick, end - now));
    every();
  }
}

absl::Status Nemesis::Act(const Action& action) {
  Wait(action.quiet);
  if (stop_()) return absl::OkStatus();
  const std::string what = absl::StrCat(NameOf(action.fault), action.targets.empty() ? "" : " ",
                                        absl::StrJoin(action.targets, " "));
  say_(absl::StrCat(what, " for ", absl::FormatDuration(absl::Trunc(action.lasts, kTick))));
  ++counts_.actions;
  ++done_[NameOf(action.fault)];
  RETURN_IF_ERROR(Begin(action));
  if (action.fault == Fault::kReset) {
    Wait(action.lasts, [&] {
      for (const std::string& name : action.targets) cluster_->Inbound(name).ResetAll();
    });
  } else if (action.fault == Fault::kStutterNode) {
    for (const std::string& name : action.targets) {
      RETURN_IF_ERROR(Stutter(name, action.lasts));
    }
  } else {
    Wait(action.lasts);
  }
  return End(action);
}

absl::Status Nemesis::Stutter(const std::string& name, absl::Duration lasts) {
  int tick = 0;
  absl::Status status;
  Wait(lasts, [&] {
    // Half a second stopped but for a twentieth.
    const bool stops = tick++ % 10 != 9;
    if (stops == paused_.contains(name)) return;
    status.Update(stops ? cluster_->Pause(name) : cluster_->Resume(name));
    if (stops) {
      paused_.insert(name);
    } else {
      paused_.erase(name);
    }
  });
  return status;
}

absl::Status Nemesis::Change(client::NodeChange::Verb verb, const std::string& name) {
  const absl::Time deadline = absl::Now() + kPatience;
  absl::Status last;
  while (absl::Now() < deadline) {
    ASSIGN_OR_RETURN(const client::Client client,
                     client::Client::Create({.endpoint = cluster_->GatewayEndpoints().front()}));
    last = client.ApplyNodeChange({.verb = verb, .nodes = {cluster_->AdvertisedEndpoint(name)}})
               .status();
    if (last.ok()) {
      ++counts_.moves;
      return absl::OkStatus();
    }
    // A drain may be refused: others are away. What was drained can always come back.
    if (verb == client::NodeChange::Verb::kDrain && absl::IsFailedPrecondition(last)) break;
    absl::SleepFor(kTick);
  }
  return last;
}

absl::Status Nemesis::Kill(const std::string& name) {
  ++counts_.killed;
  return cluster_->Kill(name);
}

absl::Status Nemesis::Begin(const Action& action) {
  const auto set = [&](const LinkFaults& faults) {
    ++counts_.cuts;
    for (const std::string& name : action.targets) {
      faulty_.insert(name);
      cluster_->SetFaults(name, faults);
    }
    return absl::OkStatus();
  };
  const auto set_metadata_link = [&](const LinkFaults& faults) {
    ++counts_.cuts;
    for (const std::string& name : action.targets) {
      faulty_.insert(name);
      cluster_->MetadataLink(name).Set(faults);
    }
    return absl::OkStatus();
  };
  switch (action.fault) {
    case Fault::kKillAll:
      ++counts_.kills;
      counts_.killed += cluster_->Names().size();
      cluster_->KillAll();
      return absl::OkStatus();
    case Fault::kKillNode:
    case Fault::kKillTwo:
    case Fault::kKillGateway:
    case Fault::kKillMetadata:
      ++counts_.kills;
      for (const std::string& name : action.targets) RETURN_IF_ERROR(Kill(name));
      return absl::OkStatus();
    case Fault::kPauseNode:
    case Fault::kPauseGateway:
    case Fault::kPauseMetadata:
      ++counts_.pauses;
      for (const std::string& name : action.targets) {
        paused_.insert(name);
        RETURN_IF_ERROR(cluster_->Pause(name));
      }
      return absl::OkStatus();
    case Fault::kStutterNode:
      ++counts_.pauses;
      return absl::OkStatus();
    case Fault::kMoveNode:
      for (const std::string& name : action.targets) {
        const absl::Status drained = Change(client::NodeChange::Verb::kDrain, name);
        if (drained.ok()) moved_.insert(name);
        if (!drained.ok()) say_(absl::StrCat("not drained: ", drained.message()));
      }
      return absl::OkStatus();
    case Fault::kCutNode:
    case Fault::kCutGateway:
      return set(LinkFaults::Cut());
    case Fault::kMuteNode:
      return set(LinkFaults::Mute());
    case Fault::kCutHeartbeat:
    case Fault::kCutSession:
      return set_metadata_link(LinkFaults::Cut());
    case Fault::kSlowNode:
      return set(LinkFaults::Slow(absl::Milliseconds(500), absl::Milliseconds(200)));
    case Fault::kReset:
      ++counts_.cuts;
      return absl::OkStatus();
    case Fault::kHalfOpen:
      ++counts_.cuts;
      for (const std::string& name : action.targets) cluster_->Inbound(name).LoseServers();
      return absl::OkStatus();
    case Fault::kCorrupt:
      ++counts_.cuts;
      for (const std::string& name : action.targets) {
        faulty_.insert(name);
        cluster_->Inbound(name).Set({.to_server = {.corrupt_one_in = kCorruptOneIn},
                                     .to_client = {.corrupt_one_in = kCorruptOneIn}});
      }
      return absl::OkStatus();
  }
}

absl::Status Nemesis::End(const Action& action) {
  for (const std::string& name : paused_) RETURN_IF_ERROR(cluster_->Resume(name));
  paused_.clear();
  for (const std::string& name : faulty_) cluster_->SetFaults(name, {});
  faulty_.clear();
  for (const std::string& name : moved_) {
    RETURN_IF_ERROR(Change(client::NodeChange::Verb::kAdd, name));
  }
  moved_.clear();
  if (action.fault == Fault::kKillAll) return cluster_->RestartDead();
  if (!IsKill(action.fault)) return absl::OkStatus();
  for (const std::string& name : action.targets) RETURN_IF_ERROR(cluster_->Restart(name));
  return absl::OkStatus();
}

absl::Status Nemesis::Heal() {
  RETURN_IF_ERROR(End({.fault = Fault::kPauseNode}));
  return cluster_->RestartDead();
}

}  // namespace trebol::torture
