#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "common/base/bytes.h"

namespace trebol {

/// CRC-32C (Castagnoli; RFC 3720 appendix B.4: initial value and final XOR 0xFFFFFFFF), by ISA-L:
/// about 9 GB/s on bytes from memory. All functions are pure.

/// Of `data`; with `previous`, of the bytes that gave `previous` followed by `data`.
uint32_t Crc32c(absl::string_view data, uint32_t previous = 0);
uint32_t Crc32c(const Bytes& data, uint32_t previous = 0);

/// Copies `size` bytes and returns their CRC, both in one pass over cache-sized pieces.
uint32_t CopyWithCrc32c(void* to, const void* from, size_t size, uint32_t previous = 0);

/// Of A followed by B, from their CRCs and the size of B in bytes. O(log size): multiplication by a
/// power of x modulo the polynomial (M. Adler, zlib's crc32_combine, gives the idea).
uint32_t CombineCrc32c(uint32_t crc_a, uint32_t crc_b, uint64_t size_b);

}  // namespace trebol
