#include "common/sigv4/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/escaping.h"
#include "common/base/check.h"

namespace trebol::sigv4 {
namespace {

constexpr size_t kSha256Size = 32;  // bytes

unsigned char* Buffer(std::string* text) { return reinterpret_cast<unsigned char*>(text->data()); }

std::string Hmac(const EVP_MD* hash, absl::string_view key, absl::string_view text) {
  std::string digest(EVP_MD_size(hash), '\0');
  unsigned int size = 0;
  // OpenSSL takes a null key for "the one before", so an empty one needs an address.
  const char* const key_data = key.empty() ? "" : key.data();
  TREBOL_CHECK(HMAC(hash, key_data, static_cast<int>(key.size()),
                    reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    Buffer(&digest), &size) != nullptr &&
               size == digest.size());
  return digest;
}

}  // namespace

std::string Sha256Hex(absl::string_view text) {
  std::string digest(kSha256Size, '\0');
  unsigned int size = 0;
  TREBOL_CHECK(
      EVP_Digest(text.data(), text.size(), Buffer(&digest), &size, EVP_sha256(), nullptr) == 1 &&
      size == kSha256Size);
  return absl::BytesToHexString(digest);
}

std::string HmacSha256(absl::string_view key, absl::string_view text) {
  return Hmac(EVP_sha256(), key, text);
}

std::string HmacSha1(absl::string_view key, absl::string_view text) {
  return Hmac(EVP_sha1(), key, text);
}

bool EqualInConstantTime(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace trebol::sigv4
