#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/base/bytes.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// A running checksum of any algorithm of the API, over bytes that come in pieces. Values are
/// big-endian, as S3 writes them before base64. Movable; not thread-safe. MD5 and the SHAs are
/// OpenSSL's.
class Hasher {
 public:
  using Algorithm = v1::Checksum::Algorithm;

  /// The algorithm must be one that ValidateChecksums passes.
  explicit Hasher(Algorithm algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void Update(absl::string_view data);
  void Update(const Bytes& data);
  /// Of all that came. Once.
  std::string Finish();

 private:
  class Digest;

  Algorithm algorithm_;
  uint64_t crc_ = 0;
  std::unique_ptr<Digest> digest_;
};

/// "CRC32C", "SHA256", …
std::string ChecksumName(v1::Checksum::Algorithm algorithm);

/// The value of a CRC32C as messages carry it.
std::string Crc32cValue(uint32_t crc32c);

/// A part of a multipart upload: its size in bytes and its value of the algorithm.
struct PartChecksum {
  uint64_t size = 0;
  std::string value;
};
/// What of the parts' checksums the object keeps.
enum class PartChecksums {
  kOfTheWhole,  // of CRCs: that of all bytes; of the others there is only the composite one
  kComposite,   // the checksum of the parts' values one after the other
};
v1::Checksum OfParts(v1::Checksum::Algorithm algorithm, const std::vector<PartChecksum>& parts,
                     PartChecksums kind = PartChecksums::kOfTheWhole);

}  // namespace trebol
