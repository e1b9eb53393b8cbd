#include "tests/simulation/collector_model.h"

#include <xxhash.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "tests/simulation/collector_world.h"

namespace trebol::simulation {
namespace {

/// Calls `step` with every state that one event makes of a state.
class Successors {
 public:
  using Step = std::function<void(std::string name, World next, std::string violation)>;

  Successors(const ModelBounds& bounds, Step step) : bounds_(bounds), step_(std::move(step)) {}

  void Of(const World& world) {
    for (size_t gateway = 0; gateway < world.gateways.size(); ++gateway) {
      Upload(world, gateway);
      Sessions(world, gateway);
    }
    Reader(world);
    Others(world);
    Node(world);
    Collector(world);
  }

 private:
  template <typename Change>
  void Do(const World& world, std::string name, Change change) {
    World next = world;
    std::string violation;
    if constexpr (std::is_void_v<decltype(change(next))>) {
      change(next);
    } else {
      violation = change(next);
    }
    step_(std::move(name), std::move(next), std::move(violation));
  }

  void Upload(const World& world, size_t i) {
    const World::Gateway& g = world.gateways[i];
    const std::string who = absl::StrCat("gateway ", i + 1, " ");
    if (!g.started) {
      Do(world, who + "sends its chunk", [&](World& next) {
        next.gateways[i].started = true;
        next.gateways[i].puts = bounds_.put_copies;
      });
    }
    if (g.puts > 0) Do(world, who + "chunk arrives", [i](World& w) { return w.DeliverPut(i); });
    if (g.durable && !g.commit_sent && !g.gave_up) {
      Do(world, who + "sends its commit", [&](World& next) {
        next.gateways[i].commit_sent = true;
        next.gateways[i].commits = bounds_.commit_copies;
      });
    }
    if (g.commits > 0) {
      Do(world, who + "commit arrives", [i](World& w) { return w.DeliverCommit(i); });
    }
    if (bounds_.abandons > 0 && g.started && !g.gave_up && g.known == Known::kNothing) {
      Do(world, who + "gives up", [&](World& next) {
        next.gateways[i].gave_up = true;
        next.gateways[i].abandons = bounds_.abandons;
      });
    }
    if (g.abandons > 0) {
      Do(world, who + "abandon arrives", [i](World& w) { return w.DeliverAbandon(i); });
    }
  }

  void Sessions(const World& world, size_t i) {
    const World::Gateway& g = world.gateways[i];
    const std::string who = absl::StrCat("session ", i + 1, " ");
    if (g.next_number <= static_cast<uint64_t>(bounds_.renewals)) {
      Do(world, who + "sends a renewal", [i](World& w) { w.SendRenewal(i); });
    }
    for (size_t which = 0; which < g.renewals.size(); ++which) {
      Do(world, absl::StrCat(who, "renewal ", g.renewals[which].number(), " arrives"),
         [i, which](World& w) { w.DeliverRenewal(i, which); });
    }
    if (!bounds_.expiries) return;
    const bool open = world.SessionOpen(i);
    if (open && !g.expiring.has_value()) {
      const auto row = catalog::ReadOpenSessions(world.rows);
      for (const auto& session : *row) {
        if (session.id.value != World::Session(i)) continue;
        Do(world, who + "is judged expired",
           [i, &session](World& w) { w.gateways[i].expiring = session.row.number(); });
      }
    }
    if (g.expiring.has_value()) {
      Do(world, who + "is closed, unless it was renewed", [i](World& w) { w.CloseExpired(i); });
    }
    if (!open && !g.node_knows_closed) {
      Do(world, who + "is known to the node as closed",
         [i](World& w) { w.gateways[i].node_knows_closed = true; });
    }
  }

  void Reader(const World& world) {
    if (world.reading == World::Reading::kIdle && world.reads_left > 0) {
      Do(world, "reader begins", [](World& w) {
        --w.reads_left;
        w.reading = World::Reading::kBegun;
        w.read_seen = w.gateways.back().last_seen;
      });
    }
    if (world.reading == World::Reading::kBegun) {
      Do(world, "reader looks up", [](World& w) {
        w.read_version = w.Referenced();
        w.reading = w.read_version < 0 ? World::Reading::kIdle : World::Reading::kLookedUp;
      });
    }
    if (world.reading != World::Reading::kLookedUp) return;
    Do(world, "reader ends", [](World& w) {
      w.reading = World::Reading::kIdle;
      w.read_version = -1;
      w.read_seen = 0;
      w.read_pinned = false;
    });
    if (bounds_.pins && !world.read_pinned) {
      Do(world, "reader is pinned", [](World& w) { w.read_pinned = true; });
    }
  }

  void Others(const World& world) {
    if (world.delete_left) Do(world, "delete arrives", [](World& w) { w.DeleteObject(); });
    if (bounds_.client_closes_operation && !world.operation_closed && !world.outcome.empty()) {
      Do(world, "client forgets the operation", [](World& w) { w.CloseOperation(); });
    }
  }

  void Node(const World& world) {
    for (size_t version = 0; bounds_.orphan_offers && version <= world.gateways.size(); ++version) {
      Do(world, absl::StrCat("an audit offers version ", version),
         [version](World& w) { w.Offer(version); });
    }
    for (size_t version = 0; version < kVersions; ++version) {
      if (!world.node[version].present) continue;
      const bool closed = version == 0 || (version <= world.gateways.size() &&
                                           world.gateways[version - 1].node_knows_closed);
      if (!closed) continue;
      Do(world, absl::StrCat("node offers version ", version),
         [version](World& w) { w.Offer(version); });
    }
  }

  void Collector(const World& world) {
    if (!world.collecting.has_value()) {
      for (const v1::GarbageRow& row : world.Collectable()) {
        Do(world, absl::StrCat("collector takes version ", World::NumberOf(row.version())),
           [&row](World& w) { w.collecting = row; });
      }
    } else if (!world.collected) {
      Do(world, "node deletes", [](World& w) { w.DeleteAtNode(); });
    } else {
      Do(world, "collector finishes", [](World& w) { w.FinishGarbage(); });
    }
  }

  const ModelBounds& bounds_;
  const Step step_;
};

struct Pending {
  std::string name;
  World world;
  size_t depth;
};

// Draining costs more than a transition: states without a message under way, and a share of the
// rest (whose messages are then lost).
constexpr uint64_t kDrainedShare = 8;

bool IsQuiet(const World& world) {
  return std::all_of(world.gateways.begin(), world.gateways.end(), [](const World::Gateway& g) {
    return g.commits == 0 && g.abandons == 0 && g.renewals.empty();
  });
}

std::pair<uint64_t, uint64_t> HashOf(const World& world) {
  const std::string bytes = world.Serialise();
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

}  // namespace

ModelResult Explore(const ModelBounds& bounds, uint64_t max_states) {
  ModelResult result;
  absl::flat_hash_set<std::pair<uint64_t, uint64_t>> visited;
  std::vector<Pending> stack;
  std::vector<std::string> path;
  const World first = World::Begin(bounds);
  visited.insert(HashOf(first));
  stack.push_back({"begin", first, 0});
  while (!stack.empty() && result.violation.empty()) {
    Pending current = std::move(stack.back());
    stack.pop_back();
    path.resize(current.depth);
    path.push_back(current.name);
    const auto fail = [&](const std::string& violation, const std::string& last) {
      result.violation = violation;
      result.trace = path;
      if (!last.empty()) result.trace.push_back(last);
    };
    if (visited.size() > max_states) return result;
    if (IsQuiet(current.world) || HashOf(current.world).second % kDrainedShare == 0) {
      ++result.quiescent;
      if (const std::string leak = current.world.CheckDrained(); !leak.empty()) {
        fail(leak, "everything ends, and the collector works until nothing changes");
        break;
      }
    }
    const World::Standings standings = current.world.Judge();
    Successors successors(bounds, [&](std::string name, World next, std::string violation) {
      if (!result.violation.empty()) return;
      ++result.transitions;
      if (violation.empty()) violation = next.Check();
      if (violation.empty() && bounds.orphan_offers) violation = next.CheckOrphans(standings);
      if (!violation.empty()) return fail(violation, name);
      if (!visited.insert(HashOf(next)).second) return;
      if (next.effects > current.world.effects) ++result.commits;
      if (next.collected && !current.world.collected) ++result.deletions;
      stack.push_back({std::move(name), std::move(next), current.depth + 1});
    });
    successors.Of(current.world);
  }
  result.states = visited.size();
  result.complete = result.violation.empty();
  return result;
}

}  // namespace trebol::simulation
