#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trebol {

/// What one run of a cluster against power cuts did and found.
struct ClusterPowerCutRun {
  uint64_t cuts = 0;
  uint64_t cuts_while_opening = 0;
  uint64_t cuts_inside_operations = 0;  // at least one client waited for an answer
  uint64_t in_flight = 0;               // operations that never got their answer
  uint64_t acked_puts = 0;
  uint64_t acked_deletes = 0;
  uint64_t gets = 0;  // that were answered, with a value or its absence
  uint64_t broken_uploads = 0;
  uint64_t refused_by_session = 0;  // operations of a gateway that had stood still for too long
  uint64_t collections = 0;         // times that all garbage was seen to go
  uint64_t copies_checked = 0;      // right after a restart
  uint64_t torn_writes = 0;
  uint64_t dropped_writes = 0;
  uint64_t lost_names = 0;
  uint64_t rewritten_records = 0;       // by the recovery of storage nodes
  uint64_t node_changes = 0;            // that an operator asked for
  uint64_t cuts_during_moves = 0;       // a partition had an incoming or a leaving node
  std::vector<std::string> violations;  // of a promise; none is the only right number

  void Add(const ClusterPowerCutRun& other);
  std::string Summary() const;
};

/// Lets a whole cluster work for clients on one simulated disk, cuts the power of everything at an
/// instant that the seed chooses, starts it again and compares it with a ledger of what clients
/// were told; `lives` times in succession on the same disk. Everything but the order of threads
/// follows from the seed; in every fourth run nearly all happens in one thread. With `moves` the
/// cluster has five nodes, which an operator takes in and drains while clients work, so that
/// partitions move all the time.
ClusterPowerCutRun RunClusterPowerCuts(uint64_t seed, int lives, bool moves = false);

}  // namespace trebol
