#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/limits.h"
#include "tests/bench/fault_rig.h"
#include "tests/bench/fault_rows.h"

namespace trebol::bench {

/// How much is done: seconds, if nothing else is said. The defaults take about eleven minutes, and
/// 25 GB of disk for a while: a cluster's data goes with its row.
struct FaultDose {
  int rounds = 3;
  int tries = 3;        // of a row in a round whose healthy twin shows that others use the machine
  bool at_rest = true;  // false: it counts all the same
  double settle = 2;    // of each load, before anything counts
  double capacity = 4;  // of the closed loop that finds what the machine can do
  double healthy = 10;  // of the healthy twin
  double kill = 10;     // of a fault
  double hang = 20;     // of a node that was stopped or cut off
  double slow = 20;     // of a disk that is slow or fails
  double after = 5;     // once it is healed
  double overload = 60;
  double after_overload = 33;
  double share = 0.4;       // of the capacity, offered while there is a fault
  int clients = 32;         // at a time; of overload: with connections and a session each
  int probe_clients = 256;  // at a time, of the closed loop that finds the capacity for overload
  int overload_clients = 2000;
  uint64_t lost_bytes = 2 * kGiB;   // on the node that is lost for good
  double repair = 1200;             // waited for at most
  uint64_t repair_cap = 40 * kMiB;  // bytes a second that repair may move in all
};

/// A few seconds of everything: for a test of the whole.
FaultDose SmokeFaultDose();

/// Measures clusters of five storage nodes as processes under a mixed load (mixed_load.h), fault by
/// fault and round by round, each on a new cluster, and says on standard output what it does. Not
/// thread-safe.
class AvailabilityBench {
 public:
  struct Options {
    std::string directory;           // everything goes into it; the caller removes it
    std::vector<std::string> names;  // the rows that are wanted; none: all
    FaultDose dose;
    std::function<bool()> interrupted = [] { return false; };
  };

  explicit AvailabilityBench(Options options) : options_(std::move(options)) {}

  /// Of the rows there are.
  static std::vector<std::string> Names();
  /// INVALID_ARGUMENT for a name that is none. UNAVAILABLE when the machine was too
  /// busy for all of them; a row for which it was in every round is missing.
  absl::StatusOr<std::vector<FaultRow>> Run();

 private:
  struct Scenario {
    const char* name;
    absl::Status (AvailabilityBench::*run)(const std::string& name);
  };
  static const Scenario kScenarios[];

  struct Fault {
    double seconds = 0;
    double after_seconds = 0;  // the load goes on
    std::function<absl::Status()> begin;
    std::function<absl::Status()> end = [] { return absl::OkStatus(); };
  };

  absl::Status CheckNames() const;
  FaultRig::Options RigOptions(const std::string& name) const;

  // Of one node, in fault_scenarios.cc.
  absl::Status Kill(const std::string& name);
  absl::Status Stop(const std::string& name);
  absl::Status Drop(const std::string& name);
  absl::Status SlowDisk(const std::string& name);
  absl::Status Stutter(const std::string& name);
  absl::Status DiskErrors(const std::string& name);
  absl::Status DiskErrorsOfAll(const std::string& name);
  absl::Status FailingReads(const std::string& name, int nodes);
  absl::Status Overload(const std::string& name);  // overload_scenario.cc
  absl::Status Repair(const std::string& name);    // repair_scenario.cc
  struct Loss;
  absl::Status FillForLoss(FaultRig& rig);
  absl::StatusOr<Loss> LoseNode(FaultRig& rig) const;

  bool IsAtRest(const Timeline& timeline, Span healthy, double capacity) const;
  /// ABORTED when the healthy twin was not `at_rest` and has to be: this try counts for nothing.
  absl::Status CheckRest(bool at_rest) const;
  absl::Status RunScenario(const Scenario& scenario);
  /// An open loop at a share of `capacity` with a healthy span, then the fault, then its end.
  absl::Status UnderFault(const std::string& name, FaultRig& rig, const Fault& fault,
                          double capacity);
  void AddFault(const std::string& name, const Timeline& timeline, Span healthy, Span faulty);
  /// What a closed loop of so many at a time reaches.
  absl::StatusOr<double> OperationsPerSecond(FaultRig& rig, int clients, double seconds) const;
  /// Says the first errors of a load's operations.
  static void SayErrors(const RunningLoad& load);

  const Options options_;
  FaultResults results_;
};

/// Microseconds.
inline int64_t Micros(double seconds) { return static_cast<int64_t>(seconds * 1e6); }

}  // namespace trebol::bench
