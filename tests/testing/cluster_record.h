#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trebol {

/// One process of a cluster, as DIR/cluster.json keeps it. After a stop or a crash the pid is that
/// of the dead process: whoever reads it compares the start time too.
struct ProcessRecord {
  std::string name;  // kind, "-", number from 0
  std::string kind;  // metadata, storage or gateway
  pid_t pid = 0;
  uint64_t started = 0;  // clock ticks after boot
  std::string endpoint;  // gRPC
  std::string admin_endpoint;
  std::string s3_endpoint;  // of gateways
  std::string data_dir;     // empty for a gateway, which has no state
  std::string zone;         // of a storage node
};

/// DIR/cluster.json: what scripts read to find a cluster, and what a later command goes on from.
struct ClusterRecord {
  std::string cluster_id;
  int initial_nodes = 0;                 // declared when the cluster was made; never changes
  std::vector<ProcessRecord> processes;  // by kind (metadata, storage, gateway), then number
};

/// NOT_FOUND when there is no such file.
absl::StatusOr<ClusterRecord> ReadClusterRecord(const std::string& path);

/// Replaces the file at once: a reader sees the old or the new one, whole.
absl::Status WriteClusterRecord(const std::string& path, const ClusterRecord& record);

}  // namespace trebol
