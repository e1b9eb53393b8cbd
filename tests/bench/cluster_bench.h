#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/limits.h"
#include "tests/bench/memory_watch.h"
#include "tests/bench/raw_servers.h"
#include "tests/bench/rows.h"
#include "tests/testing/mini_cluster.h"

namespace trebol::bench {

/// How much is done. The defaults take less than ten minutes on two cores, and 18 GB of disk for a
/// while: a cluster's data goes with its round.
struct Dose {
  int rounds = 3;
  double seconds = 1.5;                      // of each load
  uint64_t listed_keys = 1'000'000;          // in the bucket that is listed
  uint64_t copied_bytes = kGiB;              // of the object that is copied
  uint32_t parts = 10'000;                   // of the upload that is completed
  uint64_t most_stored_bytes = 512 * kMiB;   // by one load; the first put of each client is free
  uint64_t most_cell_bytes = 2 * kGiB;       // loads whose clients need more at once are left out
  absl::Duration settle = absl::Seconds(2);  // before the memory of idle processes is taken
};

/// A few bytes of everything: for a test of the whole.
Dose SmokeDose();

/// Measures raw limits and a cluster of three storage nodes in turn, load by load and round by
/// round, and says on standard output what it does. Not thread-safe.
class ClusterBench {
 public:
  struct Options {
    std::string directory;           // everything goes into it; the caller removes it
    std::vector<std::string> names;  // beginnings of the rows that are wanted; none: all
    Dose dose;
    std::function<bool()> interrupted = [] { return false; };
  };

  explicit ClusterBench(Options options) : options_(std::move(options)) {}

  absl::StatusOr<std::vector<Row>> Run();

 private:
  struct Servers;

  bool Wanted(absl::string_view row) const;
  absl::StatusOr<std::unique_ptr<Servers>> StartServers(const std::string& name);
  absl::Status MemoryOfIdle(Servers& servers);
  void MemoryOfLoaded(Servers& servers);
  absl::Status Round(int round);
  absl::Status Objects(Servers& servers, const std::string& verb, uint64_t size, int clients);
  absl::Status Disk(Servers& servers, uint64_t size);
  absl::Status Namespace();
  absl::Status List(Servers& servers);
  absl::Status Complete(Servers& servers);

  /// Runs trebol-bench-raw or trebol-bench-load with a verb on `servers`; its last line.
  absl::StatusOr<std::string> RunLine(Servers& servers, Side side,
                                      const std::vector<std::string>& arguments);
  absl::StatusOr<LoadReport> RunLoad(Servers& servers, Side side,
                                     const std::vector<std::string>& arguments);

  const Options options_;
  Results results_;
  int runs_ = 0;
};

}  // namespace trebol::bench
