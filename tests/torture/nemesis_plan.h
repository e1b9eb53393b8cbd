#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol::torture {

/// What is done to a cluster. Each is undone before the next begins.
enum class Fault {
  kKillNode,
  kKillTwo,
  kKillGateway,
  kKillMetadata,
  kKillAll,
  kPauseNode,
  kPauseGateway,
  kPauseMetadata,
  kStutterNode,   // stopped nine tenths of the time
  kMoveNode,      // drained, and taken in again: the map changes and copies move
  kCutNode,       // nobody reaches it, and it does not reach metadata
  kMuteNode,      // it is reached and its answers are lost
  kCutHeartbeat,  // a node does not reach metadata, all else works
  kCutGateway,    // from its clients and from metadata
  kCutSession,    // a gateway does not reach metadata, and serves
  kSlowNode,      // half a second there and back, and jitter
  kReset,         // every connection of a node and of a gateway, again and again
  kHalfOpen,      // connections of a node end on its side only
  kCorrupt,       // bytes on the way to and from a node change
};

/// The names of ./dev torture --nemesis, separated by commas: "kill-node,cut-node", or groups of
/// them: "kill", "pause", "partition", "slow", "all" (everything but corrupt).
absl::StatusOr<std::vector<Fault>> ParseFaults(absl::string_view list);
std::string NameOf(Fault fault);
/// Those that the help tells of.
std::string AllNames();
/// Whether a fault is played by the proxies, which the cluster must then have.
bool NeedsProxies(Fault fault);
bool IsKill(Fault fault);

struct Action {
  Fault fault = Fault::kKillNode;
  std::vector<std::string> targets;  // names of processes; none: all
  absl::Duration quiet;              // before it
  absl::Duration lasts;
};

/// How long things take.
struct Pace {
  absl::Duration least_quiet = absl::Milliseconds(500), most_quiet = absl::Seconds(3);
  absl::Duration least = absl::Milliseconds(300), most = absl::Seconds(7);
  int long_one_in = 0;                            // 0: none
  absl::Duration lasts_long = absl::Seconds(40);  // longer than a session lives
};

/// An endless schedule from a seed: rounds in which every fault has its turn once, in any order, on
/// any of the processes that it fits.
class NemesisPlan {
 public:
  struct Options {
    uint64_t seed = 1;
    std::vector<Fault> faults;
    int nodes = 5;
    int gateways = 2;
    Pace pace{};
  };

  explicit NemesisPlan(Options options) : options_(std::move(options)), random_(options_.seed) {}

  Action Next();

 private:
  absl::Duration Between(absl::Duration least, absl::Duration most);
  std::string Node() { return "storage-" + std::to_string(random_() % Count(options_.nodes)); }
  std::string Gateway() {
    return "gateway-" + std::to_string(random_() % Count(options_.gateways));
  }
  static uint64_t Count(int n) { return static_cast<uint64_t>(n); }

  const Options options_;
  std::mt19937_64 random_;
  std::vector<Fault> round_;  // what is left of it
};

}  // namespace trebol::torture
