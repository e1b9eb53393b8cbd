#include "common/checksum/hasher.h"

#include <openssl/evp.h>

#include "common/base/check.h"
#include "common/base/endian.h"
#include "common/checksum/crc32.h"
#include "common/checksum/crc32c.h"
#include "common/checksum/crc64nvme.h"

namespace trebol {
namespace {

using Algorithm = v1::Checksum::Algorithm;

const EVP_MD* DigestOf(Algorithm algorithm) {
  switch (algorithm) {
    case v1::Checksum::SHA1:
      return EVP_sha1();
    case v1::Checksum::SHA256:
      return EVP_sha256();
    case v1::Checksum::MD5:
      return EVP_md5();
    default:
      return nullptr;
  }
}

std::string Value32(uint64_t crc) {
  std::string value;
  AppendBigEndian32(static_cast<uint32_t>(crc), &value);
  return value;
}

std::string Value64(uint64_t crc) {
  std::string value;
  AppendBigEndian64(crc, &value);
  return value;
}

std::string Value(Algorithm algorithm, uint64_t crc) {
  return algorithm == v1::Checksum::CRC64NVME ? Value64(crc) : Value32(crc);
}

uint64_t Combine(Algorithm algorithm, uint64_t crc, const PartChecksum& part) {
  switch (algorithm) {
    case v1::Checksum::CRC64NVME:
      return CombineCrc64Nvme(crc, LoadBigEndian64(part.value.data()), part.size);
    case v1::Checksum::CRC32:
      return CombineCrc32(static_cast<uint32_t>(crc), LoadBigEndian32(part.value.data()),
                          part.size);
    default:
      return CombineCrc32c(static_cast<uint32_t>(crc), LoadBigEndian32(part.value.data()),
                           part.size);
  }
}

}  // namespace

class Hasher::Digest {
 public:
  explicit Digest(const EVP_MD* type) : context_(EVP_MD_CTX_new()) {
    TREBOL_CHECK(context_ != nullptr && EVP_DigestInit_ex(context_, type, nullptr) == 1);
  }
  ~Digest() { EVP_MD_CTX_free(context_); }
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void Update(absl::string_view data) {
    TREBOL_CHECK(EVP_DigestUpdate(context_, data.data(), data.size()) == 1);
  }
  std::string Finish() {
    std::string value(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    TREBOL_CHECK(
        EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(value.data()), &size) == 1);
    value.resize(size);
    return value;
  }

 private:
  EVP_MD_CTX* const context_;
};

Hasher::Hasher(Algorithm algorithm) : algorithm_(algorithm) {
  if (const EVP_MD* type = DigestOf(algorithm)) digest_ = std::make_unique<Digest>(type);
}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::Update(absl::string_view data) {
  if (digest_ != nullptr) {
    digest_->Update(data);
  } else if (algorithm_ == v1::Checksum::CRC64NVME) {
    crc_ = Crc64Nvme(data, crc_);
  } else if (algorithm_ == v1::Checksum::CRC32) {
    crc_ = Crc32(data, static_cast<uint32_t>(crc_));
  } else {
    crc_ = Crc32c(data, static_cast<uint32_t>(crc_));
  }
}

void Hasher::Update(const Bytes& data) {
  for (absl::string_view slice : data.Chunks()) Update(slice);
}

std::string Hasher::Finish() {
  return digest_ != nullptr ? digest_->Finish() : Value(algorithm_, crc_);
}

std::string ChecksumName(Algorithm algorithm) { return v1::Checksum::Algorithm_Name(algorithm); }

std::string Crc32cValue(uint32_t crc32c) { return Value32(crc32c); }

v1::Checksum OfParts(Algorithm algorithm, const std::vector<PartChecksum>& parts,
                     PartChecksums kind) {
  v1::Checksum checksum;
  checksum.set_algorithm(algorithm);
  if (DigestOf(algorithm) == nullptr && kind == PartChecksums::kOfTheWhole) {
    uint64_t crc = 0;
    for (const PartChecksum& part : parts) crc = Combine(algorithm, crc, part);
    checksum.set_value(Value(algorithm, crc));
    return checksum;
  }
  Hasher hasher(algorithm);
  for (const PartChecksum& part : parts) hasher.Update(part.value);
  checksum.set_value(hasher.Finish());
  checksum.set_composite(true);
  return checksum;
}

}  // namespace trebol
