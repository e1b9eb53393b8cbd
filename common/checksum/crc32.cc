#include "common/checksum/crc32.h"

#include <isa-l/crc.h>

#include "common/checksum/crc_polynomial.h"

namespace trebol {

uint32_t Crc32(absl::string_view data, uint32_t previous) {
  // ISA-L inverts at both ends of this one.
  return crc32_gzip_refl(previous, reinterpret_cast<const unsigned char*>(data.data()),
                         data.size());
}

uint32_t Crc32(const Bytes& data, uint32_t previous) {
  for (absl::string_view slice : data.Chunks()) previous = Crc32(slice, previous);
  return previous;
}

uint32_t CombineCrc32(uint32_t crc_a, uint32_t crc_b, uint64_t size_b) {
  return CrcPolynomial<uint32_t, 0xEDB88320>::Combine(crc_a, crc_b, size_b);
}

}  // namespace trebol
