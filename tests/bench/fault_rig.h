#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/running_load.h"
#include "tests/testing/mini_cluster.h"

namespace trebol::bench {

/// A cluster of five storage nodes in five zones as processes, with what a mixed load reads, and
/// one node that something happens to. Its processes and its folder go with it. Not thread-safe.
class FaultRig {
 public:
  struct Options {
    std::string directory;  // made; of this rig alone
    int faulty_disks = 0;   // of so many nodes, kNode first, disks can be made slow or fail
    bool network = false;   // the node can be cut off
    std::vector<std::string> metadata_flags;
    std::vector<std::string> storage_flags;
    std::function<bool()> interrupted = [] { return false; };
  };

  static absl::StatusOr<std::unique_ptr<FaultRig>> Start(const Options& options);
  ~FaultRig();
  FaultRig(const FaultRig&) = delete;
  FaultRig& operator=(const FaultRig&) = delete;

  static constexpr int kNodes = 5;
  /// The name of the node.
  static constexpr char kNode[] = "storage-1";

  MiniCluster& cluster() { return *cluster_; }
  /// Of the gateway.
  std::string endpoint() const { return cluster_->GatewayEndpoints().front(); }
  const std::string& directory() const { return options_.directory; }

  /// trebol-bench-mixed run with these arguments beside the endpoint.
  absl::StatusOr<RunningLoad> StartLoad(std::vector<std::string> arguments);
  /// Another program to its end; the last line that it printed.
  absl::StatusOr<std::string> RunProgram(std::vector<std::string> argv);

  struct DiskFault {
    int milliseconds = 0;           // that every operation takes longer
    int failing_reads_percent = 0;  // of those of the store's own files
  };
  /// All `faulty_disks` become so; none of both heals them.
  absl::Status SetDisks(DiskFault fault);
  /// Nothing reaches the node or comes from it, and nobody is told. With `network`.
  absl::Status Cut();
  absl::Status Mend();

 private:
  explicit FaultRig(Options options) : options_(std::move(options)) {}
  std::string DiskFaultFile() const { return options_.directory + "/disk-fault"; }

  const Options options_;
  std::unique_ptr<MiniCluster> cluster_;
  int runs_ = 0;
};

}  // namespace trebol::bench
