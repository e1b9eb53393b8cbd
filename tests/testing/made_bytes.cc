#include "tests/testing/made_bytes.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace trebol::testing {
namespace {

/// Eight bytes of the body: SplitMix64, so that any place can be made without those before it.
uint64_t Word(uint64_t seed, uint64_t number) {
  uint64_t x = seed * 0x9e3779b97f4a7c15 + number * 0xbf58476d1ce4e5b9 + 0x94d049bb133111eb;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

void MadeBytes::Fill(uint64_t offset, char* to, size_t count) const {
  for (size_t done = 0; done < count;) {
    const uint64_t at = offset + done;
    const uint64_t word = Word(seed, at / 8);
    const size_t n = std::min<size_t>(8 - at % 8, count - done);
    std::memcpy(to + done, reinterpret_cast<const char*>(&word) + at % 8, n);
    done += n;
  }
}

std::string MadeBytes::All() const {
  std::string bytes(size, '\0');
  Fill(0, bytes.data(), bytes.size());
  return bytes;
}

client::Source MadeBytes::Source() const {
  return [made = *this, at = std::make_shared<uint64_t>(0)](char* to,
                                                            size_t room) -> absl::StatusOr<size_t> {
    const size_t n = std::min<uint64_t>(room, made.size - *at);
    made.Fill(*at, to, n);
    *at += n;
    return n;
  };
}

bool MadeBytes::Matches(uint64_t offset, absl::string_view bytes) const {
  if (offset > size || bytes.size() > size - offset) return false;
  std::string expected(bytes.size(), '\0');
  Fill(offset, expected.data(), expected.size());
  return expected == bytes;
}

}  // namespace trebol::testing
