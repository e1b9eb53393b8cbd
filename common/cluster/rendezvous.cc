#include "common/cluster/rendezvous.h"

#include <bit>
#include <string>

#include "common/base/endian.h"
#include "xxhash.h"

namespace trebol {
namespace {

constexpr int kFractionBits = 32;

/// -log2(hash / 2^64) in units of 2^-kFractionBits; `hash` is not 0. Squares the mantissa: each
/// time it passes 2, the logarithm has that bit.
uint64_t NegativeLog2(uint64_t hash) {
  const int zeros = std::countl_zero(hash);
  uint64_t mantissa = hash << zeros;  // in [1, 2), scaled by 2^63
  uint64_t fraction = 0;
  for (int i = 0; i < kFractionBits; ++i) {
    const unsigned __int128 square = static_cast<unsigned __int128>(mantissa) * mantissa;
    const bool passed = static_cast<bool>(square >> 127);
    fraction = fraction << 1 | (passed ? 1 : 0);
    mantissa = static_cast<uint64_t>(square >> (passed ? 64 : 63));
  }
  const uint64_t log2 = (static_cast<uint64_t>(63 - zeros) << kFractionBits) + fraction;
  return (uint64_t{64} << kFractionBits) - log2;
}

}  // namespace

double RendezvousCost(PartitionId partition, NodeId node, double weight) {
  std::string bytes;
  bytes.reserve(16);
  AppendBigEndian64(partition.value, &bytes);
  AppendBigEndian64(node.value, &bytes);
  const uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
  return static_cast<double>(NegativeLog2(hash == 0 ? 1 : hash)) / weight;
}

}  // namespace trebol
