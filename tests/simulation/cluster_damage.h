#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trebol {

/// What one run of a cluster against damaged disks did and found.
struct ClusterDamageRun {
  uint64_t damages = 0;  // places that were changed
  uint64_t of_indexes = 0;
  uint64_t old_indexes = 0;  // that were put back
  uint64_t old_disks = 0;
  uint64_t restarts = 0;
  uint64_t reads = 0;     // of objects, through the gateway
  uint64_t copies = 0;    // that were looked at on their nodes, before anything was repaired
  uint64_t bad = 0;       // of those, that gave an error
  uint64_t rebuilds = 0;  // of indexes
  uint64_t checked = 0;   // copies that were looked at after repair
  std::vector<std::string> violations;

  void Add(const ClusterDamageRun& other);
  std::string Summary() const;
};

/// Lets a whole cluster work for clients on one simulated disk, damages the files of one or two of
/// its three nodes, with the nodes running or stopped, and looks whether any read gives other bytes
/// than were put; then one scrub of every node and comparisons must make every copy whole again.
/// `rounds` times in succession. Which thread comes first does not follow from the seed; all else
/// does.
ClusterDamageRun RunClusterDamage(uint64_t seed, int rounds);

}  // namespace trebol
