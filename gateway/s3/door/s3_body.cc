#include "gateway/s3/door/s3_body.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/checksum_names.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kDecodedLength = "x-amz-decoded-content-length";
constexpr absl::string_view kTrailer = "x-amz-trailer";

absl::Status WrongSignature(absl::string_view of) {
  return MakeError(absl::StatusCode::kPermissionDenied, v1::SIGNATURE_MISMATCH,
                   absl::StrCat("the signature of ", of,
                                " of the body is not the one that this key makes; send it again"));
}

}  // namespace

absl::Status S3Body::Chain::OnChunk(absl::string_view signature, absl::string_view sha256) {
  if (signatures_.VerifyNext(signature, sha256)) return absl::OkStatus();
  return WrongSignature("a chunk");
}

absl::Status S3Body::Chain::OnTrailer(absl::string_view signature, absl::string_view sha256) {
  if (signatures_.VerifyTrailer(signature, sha256)) return absl::OkStatus();
  return WrongSignature("the trailer");
}

absl::StatusOr<std::shared_ptr<S3Body>> S3Body::Create(std::shared_ptr<HttpExchange> exchange,
                                                       PayloadRule rule) {
  std::shared_ptr<S3Body> body(new S3Body(std::move(exchange), std::move(rule)));
  RETURN_IF_ERROR(body->ReadHead());
  return body;
}

absl::Status S3Body::ReadHead() {
  const RequestHead& head = exchange_->head();
  if (rule_.kind == PayloadRule::Kind::kSha256) sha256_.emplace(v1::Checksum::SHA256);
  if (!rule_.Chunked()) {
    length_ = exchange_->content_length();
    return absl::OkStatus();
  }
  AwsChunkedDecoder::Options options{.signed_chunks = rule_.ChunksAreSigned(),
                                     .trailer = rule_.kind != PayloadRule::Kind::kStreamingSigned};
  if (head.Count(kDecodedLength) == 0) {
    return S3Only(411, "MissingContentLength",
                  absl::StrCat("a body in the coding aws-chunked needs ", kDecodedLength));
  }
  if (head.Count(kDecodedLength) > 1 ||
      !absl::SimpleAtoi(head.Header(kDecodedLength), &options.decoded_length)) {
    return S3Only(400, "InvalidArgument",
                  absl::StrCat(kDecodedLength, " is not a number of bytes"));
  }
  length_ = options.decoded_length;
  for (absl::string_view name :
       absl::StrSplit(head.Header(kTrailer), ',', absl::SkipWhitespace())) {
    options.trailer_names.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(name)));
    for (const ChecksumNames& names : AllChecksumNames()) {
      if (options.trailer_names.back() == names.header) trailing_.push_back(names.algorithm);
    }
  }
  if (options.signed_chunks) chain_ = std::make_unique<Chain>(rule_.seed);
  decoder_ = std::make_unique<AwsChunkedDecoder>(std::move(options), chain_.get());
  return absl::OkStatus();
}

Task<Bytes> S3Body::Next() {
  if (decoder_ != nullptr) co_return co_await NextDecoded();
  CO_ASSIGN_OR_RETURN(Bytes piece, co_await ReadSent(exchange_));
  if (piece.empty()) CO_RETURN_IF_ERROR(CheckHash());
  if (sha256_.has_value()) sha256_->Update(piece);
  co_return piece;
}

Task<Bytes> S3Body::NextDecoded() {
  while (true) {
    CO_ASSIGN_OR_RETURN(Bytes piece, co_await ReadSent(exchange_));
    if (piece.empty()) {
      CO_RETURN_IF_ERROR(decoder_->Finish());
      CO_RETURN_IF_ERROR(TakeTrailer());
      co_return Bytes();
    }
    CO_ASSIGN_OR_RETURN(Bytes payload, decoder_->Feed(std::move(piece)));
    if (!payload.empty()) co_return payload;
  }
}

absl::Status S3Body::CheckHash() {
  if (!sha256_.has_value()) return absl::OkStatus();
  const std::string seen = absl::BytesToHexString(sha256_->Finish());
  sha256_.reset();
  if (seen == rule_.sha256) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, v1::CONTENT_HASH_MISMATCH,
      absl::StrCat("the body has the SHA-256 ", seen, " and x-amz-content-sha256 says ",
                   rule_.sha256, "; send it again"));
}

absl::Status S3Body::TakeTrailer() {
  for (const auto& [name, value] : decoder_->trailer()) {
    for (const ChecksumNames& names : AllChecksumNames()) {
      if (name != names.header) continue;
      ASSIGN_OR_RETURN(*trailer_.add_checksums(), ParseChecksum(names.algorithm, value));
    }
  }
  return absl::OkStatus();
}

Task<Bytes> ReadSent(std::shared_ptr<HttpExchange> exchange) {
  auto piece = co_await exchange->ReadBody();
  if (!absl::IsCancelled(piece.status())) co_return piece;
  co_return S3Only(
      400, "IncompleteBody",
      "you did not provide the number of bytes specified by the Content-Length header");
}

}  // namespace trebol
