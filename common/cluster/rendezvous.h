#pragma once

#include "common/base/ids.h"

namespace trebol {

/// How far `node` is from `partition`: every node has its own place in every partition's order, the
/// least cost first, and a node comes first in a share of the orders proportional to its weight. A
/// node that joins or leaves does not change how the others are ordered.
///
/// Rendezvous hashing (Thaler, Ravishankar: Using name-based mappings to increase hit rates, 1998)
/// with the logarithmic weights of Schindelhauer and Schomaker (Weighted distributed hash tables,
/// 2005): -log(hash) / weight. The logarithm is integer arithmetic, so that every machine agrees to
/// the last bit. Frozen: gateways and nodes derive handoffs from it. Needs weight > 0.
double RendezvousCost(PartitionId partition, NodeId node, double weight);

}  // namespace trebol
