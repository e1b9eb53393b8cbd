#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/cluster_ledger.h"
#include "tests/testing/simulated_cluster.h"

namespace trebol {

/// Compares a running cluster, on which nothing happens meanwhile, with the ledger: names through
/// metadata, copies on each node's own store, values through the gateway. Not thread-safe.
class ClusterAudit {
 public:
  ClusterAudit(SimulatedCluster& cluster, ClusterLedger& ledger, uint32_t chunk_size)
      : cluster_(cluster), ledger_(ledger), chunk_size_(chunk_size) {}

  /// Right after a restart, before anything could be repaired: what was acknowledged is there, on
  /// W nodes, and listed. Settles what was in flight.
  void AfterRestart();
  /// Steps until everything that nothing refers to is gone from every node.
  void Collect();

  /// A chunk that a name refers to.
  struct Expected {
    std::string name;
    ChunkId id;
    std::string bytes;
  };
  /// All of them, of names as metadata knows them now.
  std::vector<Expected> ExpectedChunks();

  /// The first thing that keeps the cluster from being whole, in words: a node without a good copy
  /// of a chunk that a name refers to, or one that may lack something. Empty: it is whole.
  std::string FirstLack();

  const std::vector<std::string>& violations() const { return violations_; }
  uint64_t copies_checked() const { return copies_checked_; }
  uint64_t rewritten_records() const { return rewritten_records_; }

 private:
  void CheckNodes();
  void CheckKey(size_t key);
  void CheckCopies(size_t key, uint64_t number, const v1::Manifest& manifest);
  void CheckListing();
  bool IsClean();
  void StepUntilClean();
  /// The first node that holds other than what names refer to, in words; empty if none does.
  std::string Surplus();
  /// Chunks on each node that a name refers to.
  std::vector<uint64_t> ReferredChunks();
  std::optional<v1::Manifest> Lookup(size_t key);
  void Violation(std::string text) { violations_.push_back(std::move(text)); }

  SimulatedCluster& cluster_;
  ClusterLedger& ledger_;
  const uint32_t chunk_size_;
  std::vector<std::string> violations_;
  uint64_t copies_checked_ = 0;
  uint64_t rewritten_records_ = 0;
};

}  // namespace trebol
