#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace trebol {

static_assert(std::endian::native == std::endian::little, "Trébol runs on little-endian machines");

/// Big-endian numbers sort as their bytes do: keys. Little-endian ones are plain memory: records.

inline uint64_t LoadBigEndian64(const void* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return __builtin_bswap64(value);
}
inline uint32_t LoadBigEndian32(const void* from) {
  uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return __builtin_bswap32(value);
}
inline void AppendBigEndian64(uint64_t value, std::string* out) {
  value = __builtin_bswap64(value);
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}
inline void AppendBigEndian32(uint32_t value, std::string* out) {
  value = __builtin_bswap32(value);
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename Integer>
Integer LoadLittleEndian(const void* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename Integer>
void StoreLittleEndian(Integer value, void* to) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace trebol
