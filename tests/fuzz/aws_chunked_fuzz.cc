// Bodies in the coding aws-chunked: whatever comes, in one piece or in many, gives the same, and a
// body is whole only with the length that was announced.
#include <algorithm>
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "gateway/s3/codec/aws_chunked.h"

namespace trebol {
namespace {

/// Takes every signature that ends with a zero.
class HalfVerifier final : public ChunkVerifier {
 public:
  absl::Status OnChunk(absl::string_view signature, absl::string_view) override {
    return signature.back() == '0' ? absl::OkStatus() : absl::PermissionDeniedError("chunk");
  }
  absl::Status OnTrailer(absl::string_view signature, absl::string_view sha256) override {
    return OnChunk(signature, sha256);
  }
};

struct Outcome {
  bool whole = false;
  std::string payload;
  AwsChunkedDecoder::Headers trailer;
};

Outcome Decode(const AwsChunkedDecoder::Options& options, absl::string_view body, size_t piece) {
  HalfVerifier verifier;
  AwsChunkedDecoder decoder(options, &verifier);
  Outcome outcome;
  for (size_t at = 0; at < body.size(); at += piece) {
    const auto output = decoder.Feed(Bytes(body.substr(at, piece)));
    if (!output.ok()) return outcome;
    outcome.payload += std::string(*output);
    TREBOL_CHECK(decoder.done() ||
                 outcome.payload.size() < std::max<uint64_t>(options.decoded_length, 1));
  }
  outcome.whole = decoder.Finish().ok();
  TREBOL_CHECK(!outcome.whole || outcome.payload.size() == options.decoded_length);
  outcome.trailer = decoder.trailer();
  return outcome;
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  trebol::AwsChunkedDecoder::Options options;
  options.signed_chunks = (data[0] & 1) != 0;
  options.trailer = (data[0] & 2) != 0;
  if ((data[0] & 4) != 0) options.trailer_names = {"x-amz-checksum-crc32"};
  options.decoded_length = data[1];
  const size_t piece = data[2] % 16 + 1u;
  const absl::string_view body(reinterpret_cast<const char*>(data) + 3, size - 3);
  const auto whole = trebol::Decode(options, body, std::max<size_t>(body.size(), 1));
  const auto pieces = trebol::Decode(options, body, piece);
  TREBOL_CHECK(whole.whole == pieces.whole);
  if (whole.whole) {
    TREBOL_CHECK(whole.payload == pieces.payload && whole.trailer == pieces.trailer);
  }
  return 0;
}
