#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "client/client.h"
#include "tests/testing/mini_cluster.h"
#include "tests/torture/nemesis_plan.h"

namespace trebol::torture {

/// Does to a cluster what a plan says, one action after the other, and undoes each. Uses the
/// cluster alone: nobody else may call what starts and stops its processes meanwhile.
class Nemesis {
 public:
  struct Counts {
    uint64_t actions = 0;
    uint64_t kills = 0;   // actions
    uint64_t killed = 0;  // processes
    uint64_t pauses = 0;
    uint64_t cuts = 0;   // actions on the network, of all kinds
    uint64_t moves = 0;  // changes of the map that were carried out
  };

  /// `say` gets a line for each action. `stop` is asked in every wait; true ends it.
  Nemesis(MiniCluster* cluster, std::function<void(const std::string&)> say,
          std::function<bool()> stop);

  /// Waits, strikes, waits, and undoes it. An error: a process did not come back.
  absl::Status Act(const Action& action);
  /// Everything runs and every link is whole. Returns when all processes are healthy.
  absl::Status Heal();

  const Counts& counts() const { return counts_; }
  /// By name: how often.
  const std::map<std::string, uint64_t>& done() const { return done_; }

 private:
  absl::Status Begin(const Action& action);
  absl::Status End(const Action& action);
  absl::Status Kill(const std::string& name);
  /// Stopped nine tenths of the time.
  absl::Status Stutter(const std::string& name, absl::Duration lasts);
  /// Asks the cluster to drain a node, or to take it in again, until it is done or was refused.
  absl::Status Change(client::NodeChange::Verb verb, const std::string& name);
  void Wait(absl::Duration duration, const std::function<void()>& every = [] {});

  MiniCluster* const cluster_;
  const std::function<void(const std::string&)> say_;
  const std::function<bool()> stop_;
  std::set<std::string> paused_;
  std::set<std::string> faulty_;
  std::set<std::string> moved_;
  Counts counts_;
  std::map<std::string, uint64_t> done_;
};

}  // namespace trebol::torture
