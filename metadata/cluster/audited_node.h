#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/base/ids.h"

namespace trebol {

/// What an audit knows of a node before it asks it anything.
struct AuditedNode {
  bool up = false;
  bool reconciling = false;  // what it says that it lacks, it may have lost
  Epoch map_epoch;           // of the map that it has installed, or a newer one
  uint64_t incarnation = 0;  // of the start that heartbeats
};
/// All nodes that are not OUT.
using AuditedNodes = absl::flat_hash_map<NodeId, AuditedNode>;

/// A chunk, or a version on a node, that an audit found to be wrong. Fields that say nothing of it
/// are empty.
struct AuditFinding {
  VersionId version;
  uint32_t chunk = 0;
  uint64_t offset = 0;  // in the bytes of the version
  uint64_t bytes = 0;
  std::string bucket;
  std::string key;
  uint32_t part = 0;  // of a multipart upload
  NodeId node;
  std::string why;
};

}  // namespace trebol
