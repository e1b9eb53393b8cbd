#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sigv4/chunk_signature.h"

namespace trebol {

/// What the signature of a request says of its body. A value.
struct PayloadRule {
  enum class Kind {
    kUnsigned,                  // nothing: any body, as it comes
    kSha256,                    // it has this SHA-256
    kStreamingSigned,           // aws-chunked; each chunk is signed: sigv4::ChunkSignatures(seed)
    kStreamingSignedTrailer,    // the same, and the trailer after it
    kStreamingUnsignedTrailer,  // aws-chunked with a trailer, nothing is signed
    kPresigned,                 // nothing, since an URL is signed before there is a body
  };
  Kind kind = Kind::kUnsigned;
  std::string sha256;     // of kSha256: 64 lower-case hexadecimal digits
  sigv4::ChunkSeed seed;  // of the two signed streaming ones

  /// Whether the body is in the coding aws-chunked.
  bool Chunked() const {
    return kind == Kind::kStreamingSigned || kind == Kind::kStreamingSignedTrailer ||
           kind == Kind::kStreamingUnsignedTrailer;
  }
  bool ChunksAreSigned() const {
    return kind == Kind::kStreamingSigned || kind == Kind::kStreamingSignedTrailer;
  }
};

/// From the value of x-amz-content-sha256; the seed is left to the caller. InvalidArgument for what
/// is neither 64 hexadecimal digits nor one of the constants.
absl::StatusOr<PayloadRule> ParsePayloadRule(absl::string_view value);

}  // namespace trebol
