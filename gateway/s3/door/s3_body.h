#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/checksum/hasher.h"
#include "common/sigv4/chunk_signature.h"
#include "gateway/object/body.h"
#include "gateway/s3/auth/payload_rule.h"
#include "gateway/s3/codec/aws_chunked.h"
#include "gateway/s3/http/http_exchange.h"

namespace trebol {

/// The body of a request as operations read it: without aws-chunked, and ended only when it is what
/// was signed. A body that is not ends with an error instead, before anything of it counts:
/// CONTENT_HASH_MISMATCH, SIGNATURE_MISMATCH, those of AwsChunkedDecoder and of HttpExchange. One
/// reader at a time.
class S3Body final : public BodyReader {
 public:
  /// InvalidRequest or MissingContentLength for headers that do not fit the rule.
  static absl::StatusOr<std::shared_ptr<S3Body>> Create(std::shared_ptr<HttpExchange> exchange,
                                                        PayloadRule rule);

  /// Bytes of the payload, where the request says so.
  std::optional<uint64_t> length() const { return length_; }
  /// Of the checksums that come in the trailer.
  const std::vector<v1::Checksum::Algorithm>& trailing() const { return trailing_; }

  Task<Bytes> Next() override;
  v1::PutObjectRequest::Trailer trailer() const override { return trailer_; }

 private:
  /// Checks each chunk against the chain that begins with the signature of the head.
  class Chain final : public ChunkVerifier {
   public:
    explicit Chain(sigv4::ChunkSeed seed) : signatures_(std::move(seed)) {}
    absl::Status OnChunk(absl::string_view signature, absl::string_view sha256) override;
    absl::Status OnTrailer(absl::string_view signature, absl::string_view sha256) override;

   private:
    sigv4::ChunkSignatures signatures_;
  };

  S3Body(std::shared_ptr<HttpExchange> exchange, PayloadRule rule)
      : exchange_(std::move(exchange)), rule_(std::move(rule)) {}

  absl::Status ReadHead();
  Task<Bytes> NextDecoded();
  absl::Status CheckHash();
  absl::Status TakeTrailer();

  const std::shared_ptr<HttpExchange> exchange_;
  const PayloadRule rule_;
  std::optional<uint64_t> length_;
  std::vector<v1::Checksum::Algorithm> trailing_;
  std::optional<Hasher> sha256_;
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<AwsChunkedDecoder> decoder_;
  v1::PutObjectRequest::Trailer trailer_;
};

/// The next bytes of a body, as they were sent. IncompleteBody where the client sends no more: it
/// may listen still.
Task<Bytes> ReadSent(std::shared_ptr<HttpExchange> exchange);

}  // namespace trebol
