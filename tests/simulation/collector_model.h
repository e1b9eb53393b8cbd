#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trebol::simulation {

/// How much each actor may do. The model explores every interleaving within these bounds.
struct ModelBounds {
  int gateways = 2;       // that upload the same key under one operation, each with its own version
  int put_copies = 1;     // deliveries of each chunk put; above 1: late duplicates
  int commit_copies = 1;  // deliveries of each commit
  int abandons = 1;       // 0: gateways never give up
  int renewals = 0;       // a gateway; they may overtake each other
  bool expiries = true;   // sessions may expire
  bool object_deletes = false;
  int reads = 0;  // through the last gateway
  bool pins = false;
  bool client_closes_operation = false;
  /// Audits of orphans may offer any version at any moment, whatever the node holds: what they saw
  /// may be as old as can be.
  bool orphan_offers = false;
};

struct ModelResult {
  uint64_t states = 0;  // distinct
  uint64_t transitions = 0;
  uint64_t commits = 0;            // that took effect
  uint64_t deletions = 0;          // of a version at the node
  uint64_t quiescent = 0;          // drained states that were checked for leaks
  bool complete = false;           // every reachable state was visited
  std::string violation;           // empty: every invariant holds in every state
  std::vector<std::string> trace;  // how the violation came about
};

/// Explores commit, retry, abandon, expiry, renewal, reading, offering, auditing and collecting,
/// with the catalog's real functions on the in-memory twin of its transactions, one node with one
/// chunk a version, and messages that are delayed, duplicated and reordered at will. Depth first,
/// so memory holds one path and the hashes of the visited states.
ModelResult Explore(const ModelBounds& bounds, uint64_t max_states);

}  // namespace trebol::simulation
