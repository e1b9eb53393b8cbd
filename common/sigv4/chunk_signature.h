#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace trebol::sigv4 {

/// What the signatures of a streamed body hang on: those of its head.
struct ChunkSeed {
  std::string signing_key;  // raw bytes; secret
  std::string timestamp;    // YYYYMMDDTHHMMSSZ
  std::string scope;        // "20130524/us-east-1/s3/aws4_request"
  std::string signature;    // of the head, in hexadecimal digits
};

/// The chain of signatures of STREAMING-AWS4-HMAC-SHA256-PAYLOAD and …-TRAILER (AWS: "Transferring
/// Payload in Multiple Chunks", "Including trailing headers"): each covers the one before it, so
/// chunks can be neither exchanged nor left out; the empty chunk at the end is one of them. Serves
/// who signs and who verifies. A value; not thread-safe.
class ChunkSignatures {
 public:
  explicit ChunkSignatures(ChunkSeed seed);

  /// The signature of the next chunk, whose bytes have this SHA-256 (lower-case hexadecimal
  /// digits).
  std::string Next(absl::string_view sha256_hex);
  /// That of the trailer, after the empty chunk: of the SHA-256 of "name:value\n" of each of its
  /// headers, in the order in which they were sent, without x-amz-trailer-signature.
  std::string OfTrailer(absl::string_view trailer_sha256_hex) const;

  /// The same compared with what the client sent, in constant time. After a wrong chunk no later
  /// one is right.
  bool VerifyNext(absl::string_view signature, absl::string_view sha256_hex);
  bool VerifyTrailer(absl::string_view signature, absl::string_view trailer_sha256_hex) const;

 private:
  ChunkSeed seed_;
  std::string previous_;
  bool broken_ = false;
};

}  // namespace trebol::sigv4
