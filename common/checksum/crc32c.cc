#include "common/checksum/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstring>

#include "common/checksum/crc_polynomial.h"

namespace trebol {
namespace {

// ISA-L keeps the register as it is: the inversion at both ends is the caller's.
uint32_t Update(uint32_t previous, const void* data, size_t size) {
  uint32_t state = ~previous;
  auto* at = static_cast<unsigned char*>(const_cast<void*>(data));
  while (size > 0) {
    const size_t piece = std::min<size_t>(size, size_t{1} << 30);  // its length is an int
    state = crc32_iscsi(at, static_cast<int>(piece), state);
    at += piece;
    size -= piece;
  }
  return ~state;
}

}  // namespace

uint32_t Crc32c(absl::string_view data, uint32_t previous) {
  return Update(previous, data.data(), data.size());
}

uint32_t Crc32c(const Bytes& data, uint32_t previous) {
  for (absl::string_view slice : data.Chunks()) previous = Crc32c(slice, previous);
  return previous;
}

uint32_t CopyWithCrc32c(void* to, const void* from, size_t size, uint32_t previous) {
  constexpr size_t kPiece = 16 * 1024;  // stays in the first-level cache between copy and CRC
  auto* out = static_cast<char*>(to);
  const auto* in = static_cast<const char*>(from);
  while (size > 0) {
    const size_t piece = std::min(size, kPiece);
    std::memcpy(out, in, piece);
    previous = Update(previous, out, piece);
    out += piece;
    in += piece;
    size -= piece;
  }
  return previous;
}

uint32_t CombineCrc32c(uint32_t crc_a, uint32_t crc_b, uint64_t size_b) {
  return CrcPolynomial<uint32_t, 0x82F63B78>::Combine(crc_a, crc_b, size_b);
}

}  // namespace trebol
