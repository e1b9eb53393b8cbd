#include "tests/torture/nemesis_plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace trebol::torture {
namespace {

struct Entry {
  Fault fault;
  const char* name;
  const char* group;  // "" is in none, and so not in "all"
};

constexpr Entry kEntries[] = {
    {Fault::kKillNode, "kill-node", "kill"},
    {Fault::kKillTwo, "kill-two", "kill"},
    {Fault::kKillGateway, "kill-gateway", "kill"},
    {Fault::kKillMetadata, "kill-metadata", "kill"},
    {Fault::kKillAll, "kill-all", "kill"},
    {Fault::kPauseNode, "pause-node", "pause"},
    {Fault::kPauseGateway, "pause-gateway", "pause"},
    {Fault::kPauseMetadata, "pause-metadata", "pause"},
    {Fault::kStutterNode, "stutter-node", "slow"},
    {Fault::kMoveNode, "move-node", "map"},
    {Fault::kCutNode, "cut-node", "partition"},
    {Fault::kMuteNode, "mute-node", "partition"},
    {Fault::kCutHeartbeat, "cut-heartbeat", "partition"},
    {Fault::kCutGateway, "cut-gateway", "partition"},
    {Fault::kCutSession, "cut-session", "partition"},
    {Fault::kSlowNode, "slow-node", "slow"},
    {Fault::kReset, "reset", "partition"},
    {Fault::kHalfOpen, "half-open", "partition"},
    {Fault::kCorrupt, "corrupt", ""},
};

const Entry& EntryOf(Fault fault) {
  return *std::find_if(std::begin(kEntries), std::end(kEntries),
                       [fault](const Entry& entry) { return entry.fault == fault; });
}

}  // namespace

std::string NameOf(Fault fault) { return EntryOf(fault).name; }

std::string AllNames() {
  return absl::StrJoin(kEntries, ", ", [](std::string* out, const Entry& entry) {
    absl::StrAppend(out, entry.name);
  });
}

bool NeedsProxies(Fault fault) {
  const absl::string_view group = EntryOf(fault).group;
  return group == "partition" || fault == Fault::kSlowNode || fault == Fault::kCorrupt;
}

bool IsKill(Fault fault) { return absl::string_view(EntryOf(fault).group) == "kill"; }

absl::StatusOr<std::vector<Fault>> ParseFaults(absl::string_view list) {
  std::vector<Fault> faults;
  for (const absl::string_view word : absl::StrSplit(list, ',')) {
    bool known = false;
    for (const Entry& entry : kEntries) {
      const absl::string_view group = entry.group;
      if (word != entry.name && (group.empty() || (word != group && word != "all"))) continue;
      known = true;
      if (std::find(faults.begin(), faults.end(), entry.fault) == faults.end()) {
        faults.push_back(entry.fault);
      }
    }
    if (!known) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no nemesis '", word, "'; there are ", AllNames(),
                       ", and the groups kill, pause, partition, slow, map, all"));
    }
  }
  return faults;
}

absl::Duration NemesisPlan::Between(absl::Duration least, absl::Duration most) {
  const double share = std::uniform_real_distribution<double>(0, 1)(random_);
  return least + (most - least) * share;
}

Action NemesisPlan::Next() {
  if (round_.empty()) {
    round_ = options_.faults;
    std::shuffle(round_.begin(), round_.end(), random_);
  }
  const Pace& pace = options_.pace;
  Action action{.fault = round_.back(),
                .targets = {},
                .quiet = Between(pace.least_quiet, pace.most_quiet),
                .lasts = Between(pace.least, pace.most)};
  round_.pop_back();
  if (pace.long_one_in > 0 && random_() % Count(pace.long_one_in) == 0) {
    action.lasts = pace.lasts_long;
  }
  switch (action.fault) {
    case Fault::kKillAll:
      break;
    case Fault::kKillMetadata:
    case Fault::kPauseMetadata:
      action.targets = {"metadata-0"};
      break;
    case Fault::kKillGateway:
    case Fault::kPauseGateway:
    case Fault::kCutGateway:
    case Fault::kCutSession:
      action.targets = {Gateway()};
      break;
    case Fault::kReset:
      action.targets = {Node(), Gateway()};
      break;
    case Fault::kKillTwo: {
      action.targets = {Node()};
      std::string second = Node();
      while (options_.nodes > 1 && second == action.targets[0]) second = Node();
      action.targets.push_back(second);
      break;
    }
    default:
      action.targets = {Node()};
  }
  return action;
}

}  // namespace trebol::torture
