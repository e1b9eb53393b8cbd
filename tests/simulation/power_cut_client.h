#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "tests/simulation/cluster_ledger.h"
#include "tests/simulation/cluster_power_cut.h"
#include "tests/testing/simulated_cluster.h"

namespace trebol {

/// Clients of a simulated cluster: they send operations, tell the ledger what they were answered,
/// and say where an answer breaks a promise. Thread-safe if each key is written by one thread.
class PowerCutClient {
 public:
  PowerCutClient(SimulatedCluster& cluster, ClusterLedger& ledger, uint32_t chunk_size)
      : cluster_(cluster), ledger_(ledger), chunk_size_(chunk_size) {}

  struct Tally {
    uint64_t in_flight = 0;
    uint64_t acked_puts = 0;
    uint64_t acked_deletes = 0;
    uint64_t gets = 0;
    uint64_t broken_uploads = 0;
    uint64_t refused_by_session = 0;
    std::vector<std::string> violations;

    void AddTo(ClusterPowerCutRun* run) const;
  };

  /// Slow clients wait for steps of the cluster, so somebody must step it meanwhile.
  void AllowSlow(bool allow) { slow_ = allow; }
  /// While the gateway stands still, and for whoever began before it went on, its session may be
  /// over: requests may fail.
  void Stalled() { ++stalls_; }

  void Put(size_t key, std::mt19937_64& random, Tally* tally);
  /// An upload of whole chunks that waits for so many steps before its end.
  void PutSlowly(size_t key, uint64_t steps, std::mt19937_64& random, Tally* tally);
  /// An upload whose client goes away before the end.
  void BreakUpload(size_t key, std::mt19937_64& random, Tally* tally);
  void Delete(size_t key, Tally* tally);
  void Get(size_t key, std::mt19937_64& random, Tally* tally);

 private:
  class Body;
  class Writer;

  void Send(size_t key, size_t size, size_t piece, uint64_t pause, Tally* tally);
  size_t SomeSize(std::mt19937_64& random) const;
  /// An operation has failed. True when it may have done what it was asked for.
  bool Failed(const char* what, size_t key, uint64_t stalls, const absl::Status& status,
              Tally* tally) const;

  SimulatedCluster& cluster_;
  ClusterLedger& ledger_;
  const uint32_t chunk_size_;
  std::atomic<bool> slow_ = false;
  std::atomic<uint64_t> stalls_ = 0;
};

}  // namespace trebol
