#include "tests/simulation/cluster_disk_errors.h"

#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/simulation/cluster_audit.h"
#include "tests/simulation/cluster_ledger.h"
#include "tests/simulation/power_cut_client.h"
#include "tests/testing/simulated_cluster.h"

namespace trebol {
namespace {

using Operation = SimulatedDisk::Operation;
using Failure = SimulatedDisk::Failure;

constexpr size_t kKeys = 12;
constexpr int kOperationsOfTurn = 28;
constexpr int kOperationsBetweenSteps = 4;
constexpr int kMostCompares = 40;  // what a session left open is compared when that has ended
constexpr size_t kNodes = SimulatedCluster::kNodes;

/// The store may not know what is on the disk after it, or could not bring its index up to what it
/// had just logged.
bool LeavesDoubt(const DiskError& error) {
  if (std::string(error.part) == "index") return true;
  if (error.operation == Operation::kRead) return false;
  return error.operation != Operation::kWrite || error.failure != Failure::kNoSpace;
}

class Simulation {
 public:
  Simulation(uint64_t seed, const DiskError& error)
      : seed_(seed),
        error_(error),
        random_(seed),
        options_(SomeOptions(random_)),
        cluster_(disk_, options_),
        ledger_(seed, kKeys),
        client_(cluster_, ledger_, options_.chunk_size) {}

  ClusterDiskErrorsRun Run() {
    Start();
    for (size_t i = 0; i < kNodes && run_.violations.empty(); ++i) Turn((seed_ + i) % kNodes);
    if (run_.violations.empty() && error_.k % 4 == 1) End();  // it takes longer than the rest
    cluster_.Stop();
    for (std::string& violation : run_.violations) {
      violation = absl::StrCat("seed ", seed_, ": ", violation);
    }
    return std::move(run_);
  }

 private:
  static SimulatedCluster::Options SomeOptions(std::mt19937_64& random) {
    SimulatedCluster::Options options;
    options.chunk_size = 16'384;
    options.segment_size = random() % 2 == 0 ? 128 * 1024 : 512 * 1024;
    options.gateway_threads = options.blocking_threads = 1;
    return options;
  }

  void Start() {
    const absl::Status started = cluster_.Start();
    if (started.ok()) return;
    Violation(absl::StrCat("UNAVAILABLE: the cluster does not come back: ", started.ToString()));
  }

  // The error of one node, and what the others and its next start make of it.
  void Turn(size_t node) {
    Work(kOperationsOfTurn / 4);
    disk_.FailOnce(error_.operation, absl::StrCat("node-", node, "/", error_.part), error_.k,
                   error_.failure);
    Work(kOperationsOfTurn);
    const bool happened = disk_.failed_once();
    disk_.FailNoMore();
    if (happened) ++run_.errors;
    CheckStores(node, happened);
    Work(kOperationsOfTurn / 4);  // while the store is stopped, if it is
    const bool power_lost = random_() % 2 == 0;
    if (power_lost) disk_.CutPower();
    cluster_.Stop();
    if (power_lost) disk_.RestorePower(random_());
    Start();
    if (!run_.violations.empty()) return;
    ClusterAudit audit(cluster_, ledger_, options_.chunk_size);
    audit.AfterRestart();
    run_.copies_checked += audit.copies_checked();
    for (const std::string& violation : audit.violations()) Violation(violation);
  }

  void Work(int operations) {
    PowerCutClient::Tally tally;
    for (int i = 0; i < operations; ++i) {
      const size_t key = random_() % kKeys;
      const uint64_t dice = random_() % 10;
      if (dice < 6) {
        client_.Put(key, random_, &tally);
      } else if (dice < 7) {
        client_.Delete(key, &tally);
      } else {
        client_.Get(key, random_, &tally);
      }
      if (i % kOperationsBetweenSteps == 0) cluster_.Step();
    }
    run_.acked_puts += tally.acked_puts;
    run_.gets += tally.gets;
    for (std::string& violation : tally.violations) Violation(std::move(violation));
  }

  void CheckStores(size_t node, bool happened) {
    for (size_t i = 0; i < kNodes; ++i) {
      const bool failed = cluster_.store(i).Statistics().failed;
      if (failed) ++run_.stopped;
      if (failed && (i != node || !happened || !LeavesDoubt(error_))) {
        Violation(
            absl::StrCat("STOPPED: the store of node ", i, " for an error that is no reason"));
      }
    }
    // A flush that failed has lost nobody knows what. (A full disk that shows with the flush of a
    // segment that has not begun to count loses nothing.)
    const bool must_stop =
        happened && std::string(error_.part) == "segments" && error_.failure != Failure::kNoSpace &&
        (error_.operation == Operation::kSync || error_.operation == Operation::kWrite);
    if (must_stop && !cluster_.store(node).Statistics().failed) {
      Violation(absl::StrCat("SWALLOWED: the store of node ", node, " goes on after the error"));
    }
  }

  // What the nodes missed while they were stopped they copy, and garbage goes.
  void End() {
    ClusterAudit audit(cluster_, ledger_, options_.chunk_size);
    std::string lacks = "not compared";
    for (int i = 0; i < kMostCompares && !lacks.empty(); ++i) {
      cluster_.Step();
      cluster_.Compare().IgnoreError();
      lacks = audit.FirstLack();
    }
    if (!lacks.empty()) Violation(absl::StrCat("NOT REPAIRED: ", lacks));
    if (run_.violations.empty()) audit.Collect();
    for (const std::string& violation : audit.violations()) Violation(violation);
  }

  void Violation(std::string text) { run_.violations.push_back(std::move(text)); }

  const uint64_t seed_;
  const DiskError error_;
  std::mt19937_64 random_;
  const SimulatedCluster::Options options_;
  SimulatedDisk disk_;
  SimulatedCluster cluster_;
  ClusterLedger ledger_;
  PowerCutClient client_;
  ClusterDiskErrorsRun run_;
};

}  // namespace

void ClusterDiskErrorsRun::Add(const ClusterDiskErrorsRun& other) {
  errors += other.errors;
  stopped += other.stopped;
  acked_puts += other.acked_puts;
  gets += other.gets;
  copies_checked += other.copies_checked;
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

std::string ClusterDiskErrorsRun::Summary() const {
  return absl::StrFormat(
      "%d errors happened and stopped %d stores; acknowledged: %d puts, %d gets; %d copies "
      "compared",
      errors, stopped, acked_puts, gets, copies_checked);
}

ClusterDiskErrorsRun RunClusterDiskErrors(uint64_t seed, const DiskError& error) {
  return Simulation(seed, error).Run();
}

}  // namespace trebol
