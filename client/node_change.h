#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trebol::client {

/// What an operator wants of storage nodes. Nodes are named by an id, by the beginning of one, or
/// by an endpoint.
struct NodeChange {
  enum class Verb {
    kAdd = 1,  // takes waiting nodes into the table; ends a drain
    kDrain,    // the nodes give away what they hold
    kRemove,   // drains them, then they are out; at once if they are down
    kReplace,  // one node by `replacement`, which takes exactly its partitions
  };
  Verb verb = Verb::kAdd;
  std::vector<std::string> nodes;
  bool all_waiting = false;  // kAdd: every node that waits
  std::string replacement;   // kReplace
};

/// What a change would do, or did. What is after it is an estimate.
struct NodeChangePlan {
  struct Node {
    std::string id;  // sixteen hexadecimal digits
    std::string endpoint;
    std::string zone;
    std::string state;  // as it will be: a lower-case word, as in NodeStatus
    bool removed = false;
    uint32_t partitions_before = 0;
    uint32_t partitions_after = 0;
    uint64_t bytes_before = 0;
    uint64_t bytes_after = 0;
    uint64_t capacity_bytes = 0;  // 0: it was not heard
  };
  uint64_t map_epoch = 0;
  std::vector<Node> nodes;
  uint32_t moved_partitions = 0;
  uint32_t moved_copies = 0;
  uint64_t moved_bytes = 0;
  double seconds = 0;
  std::vector<std::string> refusals;  // why it is not done, with the remedy; empty: it may be
  std::vector<std::string> notes;     // what else there is to know
  bool changes_nothing = false;       // it is so already
};

}  // namespace trebol::client
