#include "tests/simulation/cluster_power_cut.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/cluster/map_change.h"
#include "tests/simulation/cluster_audit.h"
#include "tests/simulation/cluster_ledger.h"
#include "tests/simulation/power_cut_client.h"
#include "tests/testing/simulated_cluster.h"
#include "tests/testing/simulated_disk.h"

namespace trebol {
namespace {

constexpr size_t kKeys = 24;  // and one for the upload that outlasts its session
constexpr size_t kWorkers = 4;
constexpr uint64_t kNever = uint64_t{1} << 60;  // operations of the disk
constexpr uint64_t kStepsOfStall = 14;          // a session's term is ten; then it is collected
constexpr int kOperationsBetweenSteps = 6;

class Simulation {
 public:
  Simulation(uint64_t seed, int lives, bool moves)
      : seed_(seed),
        lives_(lives),
        moves_(moves),
        random_(seed),
        one_thread_(random_() % 4 == 0),
        options_(SomeOptions(random_, one_thread_, moves)),
        cluster_(disk_, options_),
        ledger_(seed, kKeys + 1),
        client_(cluster_, ledger_, options_.chunk_size) {}

  ClusterPowerCutRun Run() {
    for (int life = 0; life < lives_ && run_.violations.empty(); ++life) {
      if (StartAndCheck()) Work();
      Cut();
    }
    if (run_.violations.empty() && Start(kNever)) {
      Audit(/*collect=*/true);
      cluster_.Stop();
    }
    run_.torn_writes = disk_.torn_writes();
    run_.dropped_writes = disk_.dropped_writes();
    run_.lost_names = disk_.lost_names();
    for (std::string& violation : run_.violations) {
      violation = absl::StrCat("seed ", seed_, ", cut ", run_.cuts, ": ", violation);
    }
    return std::move(run_);
  }

 private:
  static SimulatedCluster::Options SomeOptions(std::mt19937_64& random, bool one_thread,
                                               bool moves) {
    SimulatedCluster::Options options;
    if (moves) {
      options.nodes = 5;
      options.initial_nodes = 4;
      options.background = true;
    }
    options.chunk_size = random() % 4 == 0 ? 80'000 : 16'384;
    options.segment_size = (uint64_t{256} << random() % 3) * 1024;
    if (one_thread) options.gateway_threads = options.blocking_threads = 1;
    return options;
  }

  // True when the cluster serves; its power may go at the n-th operation.
  bool Start(uint64_t cut_after) {
    const uint64_t before = disk_.operations();
    disk_.CutPowerAfter(cut_after);
    const absl::Status started = cluster_.Start();
    disk_.CutPowerAfter(kNever);
    if (!started.ok() && disk_.powered()) {
      Violation(absl::StrCat("UNAVAILABLE: the cluster does not come back: ", started.ToString()));
    }
    if (!started.ok() || !disk_.powered()) return false;
    operations_of_start_ = disk_.operations() - before;
    return true;
  }

  bool StartAndCheck() {
    const bool cut = random_() % 6 == 0;
    if (!Start(cut ? 1 + random_() % operations_of_start_ : kNever)) {
      ++run_.cuts_while_opening;
      return false;
    }
    Audit(/*collect=*/random_() % 4 == 0);
    PowerCutClient::Tally tally;  // and it takes new writes
    client_.AllowSlow(false);
    client_.Put(random_() % kKeys, random_, &tally);
    tally.AddTo(&run_);
    return run_.violations.empty();
  }

  void Audit(bool collect) {
    ClusterAudit audit(cluster_, ledger_, options_.chunk_size);
    audit.AfterRestart();
    for (const std::string& violation : audit.violations()) Violation(violation);
    PowerCutClient::Tally tally;
    client_.AllowSlow(false);
    for (size_t key = 0; key < ledger_.keys(); ++key) client_.Get(key, random_, &tally);
    tally.AddTo(&run_);
    if (collect && run_.violations.empty()) {
      audit.Collect();
      for (const std::string& violation : audit.violations()) Violation(violation);
      ++run_.collections;
    }
    run_.copies_checked += audit.copies_checked();
    run_.rewritten_records += audit.rewritten_records();
  }

  // Clients and everything periodic, until the power goes.
  void Work() {
    if (random_() % 4 == 0) cluster_.RefuseWritesOf(random_() % cluster_.nodes());
    const bool stall = !one_thread_ && random_() % 6 == 0;
    const uint64_t soon = random_() % 4 == 0 ? 40 : 900;
    disk_.CutPowerAfter(1 + random_() % (stall ? 4000 : soon));
    std::vector<PowerCutClient::Tally> tallies(one_thread_ ? 1 : kWorkers);
    if (one_thread_) {
      for (uint64_t i = 1; disk_.powered(); ++i) {
        SendOne(0, random_, &tallies[0]);
        if (i % kOperationsBetweenSteps == 0) Step(/*renew=*/true);
      }
    } else {
      client_.AllowSlow(true);
      std::vector<std::thread> workers;
      for (size_t worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([this, worker, &tallies, seed = random_()] {
          std::mt19937_64 random(seed);
          while (disk_.powered()) SendOne(worker, random, &tallies[worker]);
        });
      }
      for (uint64_t i = 0; disk_.powered(); ++i) {
        if (stall && i == 3) Stall();
        Step(/*renew=*/true);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      for (std::thread& worker : workers) worker.join();
    }
    const uint64_t before = run_.in_flight;
    for (const auto& tally : tallies) tally.AddTo(&run_);
    if (run_.in_flight > before) ++run_.cuts_inside_operations;
  }

  void SendOne(size_t worker, std::mt19937_64& random, PowerCutClient::Tally* tally) {
    const size_t workers = one_thread_ ? 1 : kWorkers;
    const size_t mine = random() % (kKeys / workers) * workers + worker;
    const uint64_t dice = random() % 100;
    if (dice < 55) {
      client_.Put(mine, random, tally);
    } else if (dice < 65) {
      client_.BreakUpload(mine, random, tally);
    } else if (dice < 78) {
      client_.Delete(mine, tally);
    } else {
      client_.Get(random() % kKeys, random, tally);
    }
  }

  void Step(bool renew) {
    if (moves_ && random_() % 4 == 0) ChangeANode();
    cluster_.Step(renew);
    if (disk_.powered() && !cluster_.trouble().empty()) {
      Violation(absl::StrCat("UNAVAILABLE: ", cluster_.trouble()));
    }
  }

  // What an operator asks for may be refused: too few nodes would be left.
  void ChangeANode() {
    const auto verb = random_() % 2 == 0 ? v1::NodeChange::ADD : v1::NodeChange::DRAIN;
    if (cluster_.ChangeNode(verb, random_() % cluster_.nodes()).ok()) ++run_.node_changes;
  }

  // The gateway stands still until its session is over, and wakes up not knowing it; so does an
  // upload that has sent its chunks and wants to commit.
  void Stall() {
    client_.Stalled();
    PowerCutClient::Tally tally;
    const uint64_t until = cluster_.steps() + 1 + kStepsOfStall;
    std::atomic<bool> ended = false;
    std::thread upload([this, &tally, &ended, seed = random_()] {
      std::mt19937_64 random(seed);
      client_.PutSlowly(kKeys, kStepsOfStall, random, &tally);
      ended = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    Step(/*renew=*/true);
    // The upload may have begun late.
    while ((cluster_.steps() < until || !ended) && disk_.powered()) Step(/*renew=*/false);
    upload.join();
    if (disk_.powered()) Step(/*renew=*/true);
    tally.AddTo(&run_);
    client_.Stalled();
  }

  void Cut() {
    const auto map = cluster_.map();
    if (map != nullptr && std::any_of(map->table().begin(), map->table().end(), IsMoving)) {
      ++run_.cuts_during_moves;
    }
    disk_.CutPower();
    cluster_.Stop();
    disk_.RestorePower(random_());
    ++run_.cuts;
  }

  void Violation(std::string text) { run_.violations.push_back(std::move(text)); }

  const uint64_t seed_;
  const int lives_;
  const bool moves_;
  std::mt19937_64 random_;
  const bool one_thread_;
  const SimulatedCluster::Options options_;
  SimulatedDisk disk_;
  SimulatedCluster cluster_;
  ClusterLedger ledger_;
  PowerCutClient client_;
  uint64_t operations_of_start_ = 400;
  ClusterPowerCutRun run_;
};

}  // namespace

void ClusterPowerCutRun::Add(const ClusterPowerCutRun& other) {
  cuts += other.cuts;
  cuts_while_opening += other.cuts_while_opening;
  cuts_inside_operations += other.cuts_inside_operations;
  in_flight += other.in_flight;
  acked_puts += other.acked_puts;
  acked_deletes += other.acked_deletes;
  gets += other.gets;
  broken_uploads += other.broken_uploads;
  refused_by_session += other.refused_by_session;
  collections += other.collections;
  copies_checked += other.copies_checked;
  torn_writes += other.torn_writes;
  dropped_writes += other.dropped_writes;
  lost_names += other.lost_names;
  rewritten_records += other.rewritten_records;
  node_changes += other.node_changes;
  cuts_during_moves += other.cuts_during_moves;
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

std::string ClusterPowerCutRun::Summary() const {
  return absl::StrFormat(
      "%d cuts (%d while opening, %d inside an operation, %d operations in flight); acknowledged: "
      "%d puts, %d deletes, %d gets; %d broken uploads, %d operations refused for want of a "
      "session; writes torn %d, dropped %d, names lost %d, records rewritten %d; %d copies "
      "compared, garbage seen to go %d times; %d changes of nodes, %d cuts during moves",
      cuts, cuts_while_opening, cuts_inside_operations, in_flight, acked_puts, acked_deletes, gets,
      broken_uploads, refused_by_session, torn_writes, dropped_writes, lost_names,
      rewritten_records, copies_checked, collections, node_changes, cuts_during_moves);
}

ClusterPowerCutRun RunClusterPowerCuts(uint64_t seed, int lives, bool moves) {
  return Simulation(seed, lives, moves).Run();
}

}  // namespace trebol
