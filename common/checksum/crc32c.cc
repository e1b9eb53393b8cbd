#include "common/checksum/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace trebol {
namespace {

// The polynomial with its bits reflected: bit 31 stands for x^0.
constexpr uint32_t kPolynomial = 0x82F63B78;

// a(x) * b(x) modulo the polynomial, reflected.
constexpr uint32_t Multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
    if (a & bit) product ^= b;
    b = (b & 1) ? (b >> 1) ^ kPolynomial : b >> 1;
  }
  return product;
}

// kSquares[k] = x^(8 * 2^k): what appending 2^k zero bytes multiplies by.
constexpr std::array<uint32_t, 64> MakeSquares() {
  std::array<uint32_t, 64> squares{};
  uint32_t power = 1u << (31 - 8);
  for (uint32_t& square : squares) {
    square = power;
    power = Multiply(power, power);
  }
  return squares;
}
constexpr std::array<uint32_t, 64> kSquares = MakeSquares();

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
  for (size_t k = 0; size_b != 0; size_b >>= 1, ++k) {
    if (size_b & 1) crc_a = Multiply(kSquares[k], crc_a);
  }
  return crc_a ^ crc_b;
}

}  // namespace trebol
