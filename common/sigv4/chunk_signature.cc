#include "common/sigv4/chunk_signature.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/sigv4/digest.h"
#include "common/sigv4/sigv4.h"

namespace trebol::sigv4 {

ChunkSignatures::ChunkSignatures(ChunkSeed seed)
    : seed_(std::move(seed)), previous_(seed_.signature) {}

std::string ChunkSignatures::Next(absl::string_view sha256_hex) {
  previous_ =
      Signature(seed_.signing_key,
                absl::StrCat("AWS4-HMAC-SHA256-PAYLOAD\n", seed_.timestamp, "\n", seed_.scope, "\n",
                             previous_, "\n", kEmptySha256, "\n", sha256_hex));
  return previous_;
}

std::string ChunkSignatures::OfTrailer(absl::string_view trailer_sha256_hex) const {
  return Signature(seed_.signing_key,
                   absl::StrCat("AWS4-HMAC-SHA256-TRAILER\n", seed_.timestamp, "\n", seed_.scope,
                                "\n", previous_, "\n", trailer_sha256_hex));
}

bool ChunkSignatures::VerifyNext(absl::string_view signature, absl::string_view sha256_hex) {
  if (!EqualInConstantTime(Next(sha256_hex), signature)) broken_ = true;
  return !broken_;
}

bool ChunkSignatures::VerifyTrailer(absl::string_view signature,
                                    absl::string_view trailer_sha256_hex) const {
  return !broken_ && EqualInConstantTime(OfTrailer(trailer_sha256_hex), signature);
}

}  // namespace trebol::sigv4
