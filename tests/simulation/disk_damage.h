#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>

#include "tests/testing/simulated_disk.h"

namespace trebol {

/// Damages files of a storage node on a simulated disk as disks, controllers and operators do: bits
/// and bytes that flip, blocks that trade places or hold what was there before, zeros, another
/// file's block, files that end early, directories of an earlier time.
class DiskDamage {
 public:
  explicit DiskDamage(SimulatedDisk& disk) : disk_(disk) {}

  /// Remembers the files of a node, as what may come back later.
  void Remember(const std::string& directory);

  enum class Of { kSegments, kIndex };
  struct Bounds {
    /// Files may end early, which nothing that has them open would survive.
    bool truncate = false;
  };
  /// Damages one of the files in one place. False if there was nothing to damage.
  bool Once(const std::string& directory, Of of, const Bounds& bounds, std::mt19937_64& random);

  /// Puts back what was remembered, of the index or of index and segments; nothing may have it
  /// open. False if nothing was.
  bool RestoreIndex(const std::string& directory) { return Restore(directory, "/index"); }
  bool RestoreAll(const std::string& directory) {
    return Restore(directory, "/index") && Restore(directory, "/segments");
  }

 private:
  using Image = std::map<std::string, std::string>;

  bool Restore(const std::string& directory, const std::string& part);

  SimulatedDisk& disk_;
  std::map<std::string, Image> remembered_;  // by directory
};

}  // namespace trebol
