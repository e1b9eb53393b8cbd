#include "common/checksum/crc64nvme.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "common/checksum/crc_polynomial.h"

namespace trebol {
namespace {

constexpr uint64_t kPolynomial = 0x9A6C9329AC4BC9B5;  // reflected

using Table = std::array<uint64_t, 256>;

// kTables[k][b]: what byte b, k bytes before the end of a word, does to the register (slicing by
// eight: M. Kounavis and F. Berry, "A systematic approach to building high performance
// software-based CRC generators", 2005).
constexpr std::array<Table, 8> MakeTables() {
  std::array<Table, 8> tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? (crc >> 1) ^ kPolynomial : crc >> 1;
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < tables.size(); ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint64_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr std::array<Table, 8> kTables = MakeTables();

}  // namespace

uint64_t Crc64Nvme(absl::string_view data, uint64_t previous) {
  uint64_t state = ~previous;
  const char* at = data.data();
  size_t size = data.size();
  for (; size >= 8; at += 8, size -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);  // little-endian machines only, as everywhere here
    word ^= state;
    state = 0;
    for (size_t k = 0; k < 8; ++k) state ^= kTables[7 - k][(word >> (8 * k)) & 0xFF];
  }
  for (; size > 0; ++at, --size) {
    state = (state >> 8) ^ kTables[0][(state ^ static_cast<uint8_t>(*at)) & 0xFF];
  }
  return ~state;
}

uint64_t Crc64Nvme(const Bytes& data, uint64_t previous) {
  for (absl::string_view slice : data.Chunks()) previous = Crc64Nvme(slice, previous);
  return previous;
}

uint64_t CombineCrc64Nvme(uint64_t crc_a, uint64_t crc_b, uint64_t size_b) {
  return CrcPolynomial<uint64_t, kPolynomial>::Combine(crc_a, crc_b, size_b);
}

}  // namespace trebol
