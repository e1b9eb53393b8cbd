#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace trebol {

/// Arithmetic modulo the reflected polynomial of a CRC with the width of `Word`: its top bit stands
/// for x^0. What all CRCs here share. Pure, and constant at compile time where it can be.
template <typename Word, Word kPolynomial>
struct CrcPolynomial {
  static constexpr int kBits = static_cast<int>(8 * sizeof(Word));

  /// a(x) * b(x).
  static constexpr Word Multiply(Word a, Word b) {
    Word product = 0;
    for (Word bit = Word{1} << (kBits - 1); bit != 0; bit >>= 1) {
      if (a & bit) product ^= b;
      b = (b & 1) ? (b >> 1) ^ kPolynomial : b >> 1;
    }
    return product;
  }

  /// kSquares[k] = x^(8 * 2^k): what appending 2^k zero bytes multiplies by.
  static constexpr std::array<Word, 64> MakeSquares() {
    std::array<Word, 64> squares{};
    Word power = Word{1} << (kBits - 1 - 8);
    for (Word& square : squares) {
      square = power;
      power = Multiply(power, power);
    }
    return squares;
  }
  static constexpr std::array<Word, 64> kSquares = MakeSquares();

  /// Of A followed by B, from their CRCs and the size of B in bytes. O(log size) (M. Adler, zlib's
  /// crc32_combine, gives the idea).
  static constexpr Word Combine(Word crc_a, Word crc_b, uint64_t size_b) {
    for (size_t k = 0; size_b != 0; size_b >>= 1, ++k) {
      if (size_b & 1) crc_a = Multiply(kSquares[k], crc_a);
    }
    return crc_a ^ crc_b;
  }
};

}  // namespace trebol
