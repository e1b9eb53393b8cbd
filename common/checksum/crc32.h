#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "common/base/bytes.h"

namespace trebol {

/// CRC-32 of IEEE 802.3, as zip and S3's CRC32 have it (initial value and final XOR 0xFFFFFFFF), by
/// ISA-L. All functions are pure, and those of crc32c.h with another polynomial.
uint32_t Crc32(absl::string_view data, uint32_t previous = 0);
uint32_t Crc32(const Bytes& data, uint32_t previous = 0);
uint32_t CombineCrc32(uint32_t crc_a, uint32_t crc_b, uint64_t size_b);

}  // namespace trebol
