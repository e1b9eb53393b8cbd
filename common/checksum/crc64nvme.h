#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "common/base/bytes.h"

namespace trebol {

/// CRC-64/NVME (NVM Express command set 1.0d, section 5.2.1.3.4; reflected, initial value and final
/// XOR all ones), which S3 clients send by default. All functions are pure, and those of crc32c.h
/// with another polynomial.
uint64_t Crc64Nvme(absl::string_view data, uint64_t previous = 0);
uint64_t Crc64Nvme(const Bytes& data, uint64_t previous = 0);
uint64_t CombineCrc64Nvme(uint64_t crc_a, uint64_t crc_b, uint64_t size_b);

}  // namespace trebol
