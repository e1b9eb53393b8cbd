#include "gateway/s3/door/s3_body.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/async/runtime.h"
#include "common/base/error.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Kind = PayloadRule::Kind;

std::string Sha256(absl::string_view bytes) {
  Hasher hasher(v1::Checksum::SHA256);
  hasher.Update(bytes);
  return absl::BytesToHexString(hasher.Finish());
}

/// A request whose body is at hand; nobody answers it.
class HeldExchange final : public HttpExchange {
 public:
  explicit HeldExchange(std::string body, size_t piece) : body_(std::move(body)), piece_(piece) {}

  const RequestHead& head() const override { return head_; }
  bool secure() const override { return false; }
  std::string peer() const override { return "127.0.0.1"; }
  RequestContextPtr context() const override { return BackgroundContext(); }
  std::optional<uint64_t> content_length() const override { return body_.size(); }
  Task<Bytes> ReadBody() override {
    const std::string piece = body_.substr(read_, piece_);
    read_ += piece.size();
    co_return Bytes(piece);
  }
  bool begun() const override { return false; }
  Task<void> Send(HttpAnswer) override { co_return absl::UnimplementedError("no answer"); }
  Task<void> Begin(HttpAnswer, std::optional<uint64_t>) override {
    co_return absl::UnimplementedError("no answer");
  }
  Task<void> Write(Bytes) override { co_return absl::UnimplementedError("no answer"); }
  Task<void> Finish() override { co_return absl::UnimplementedError("no answer"); }

  void Header(const std::string& name, const std::string& value) {
    head_.headers.emplace_back(name, value);
  }

 private:
  const std::string body_;
  const size_t piece_;
  size_t read_ = 0;
  RequestHead head_;
};

class S3BodyTest : public testing::Test {
 protected:
  struct Read {
    absl::Status status;
    std::string bytes;
    v1::PutObjectRequest::Trailer trailer;
  };
  Read ReadAll(PayloadRule rule, const std::string& body,
               const std::vector<std::pair<std::string, std::string>>& headers = {},
               size_t piece = 7) {
    auto exchange = std::make_shared<HeldExchange>(body, piece);
    for (const auto& [name, value] : headers) exchange->Header(name, value);
    Read read;
    auto created = S3Body::Create(exchange, std::move(rule));
    read.status = created.status();
    while (read.status.ok()) {
      auto next = runtime_.BlockOn((*created)->Next());
      read.status = next.status();
      if (!next.ok() || next->empty()) break;
      read.bytes += std::string(*next);
    }
    if (read.status.ok()) read.trailer = (*created)->trailer();
    return read;
  }
  static sigv4::ChunkSeed Seed() {
    return {.signing_key = "a key that nobody else has",
            .timestamp = "20261127T120000Z",
            .scope = "20261127/us-east-1/s3/aws4_request",
            .signature = std::string(64, 'a')};
  }
  /// In chunks of ten bytes, signed.
  static std::string Signed(const std::string& payload) {
    sigv4::ChunkSignatures chain(Seed());
    std::string body;
    for (size_t i = 0; i <= payload.size(); i += 10) {
      const std::string chunk = payload.substr(i, 10);
      if (chunk.empty()) break;
      absl::StrAppendFormat(&body, "%x;chunk-signature=%s\r\n%s\r\n", chunk.size(),
                            chain.Next(Sha256(chunk)), chunk);
    }
    absl::StrAppend(&body, "0;chunk-signature=", chain.Next(Sha256("")), "\r\n\r\n");
    return body;
  }

  const std::string payload_ = "a body of a few dozen bytes, no more";
  Runtime runtime_{1};
};

TEST_F(S3BodyTest, PassesOnWhatIsNotSigned) {
  for (const Kind kind : {Kind::kUnsigned, Kind::kPresigned}) {
    const Read read = ReadAll({.kind = kind}, payload_);
    EXPECT_TRUE(read.status.ok()) << read.status;
    EXPECT_EQ(read.bytes, payload_);
  }
  EXPECT_TRUE(ReadAll({.kind = Kind::kUnsigned}, "").status.ok());
}

TEST_F(S3BodyTest, EndsOnlyWhenTheBodyHasTheHashThatWasSigned) {
  for (const std::string& body : {payload_, std::string()}) {
    const Read right = ReadAll({.kind = Kind::kSha256, .sha256 = Sha256(body)}, body);
    EXPECT_TRUE(right.status.ok()) << right.status;
    EXPECT_EQ(right.bytes, body);
    const Read wrong = ReadAll({.kind = Kind::kSha256, .sha256 = Sha256("other")}, body);
    EXPECT_EQ(ReasonOf(wrong.status), v1::CONTENT_HASH_MISMATCH);
  }
}

TEST_F(S3BodyTest, ChecksTheChainOfSignedChunks) {
  const std::string length = absl::StrCat(payload_.size());
  const PayloadRule rule{.kind = Kind::kStreamingSigned, .seed = Seed()};
  for (const size_t piece : {1, 7, 4096}) {
    const Read read =
        ReadAll(rule, Signed(payload_), {{"x-amz-decoded-content-length", length}}, piece);
    EXPECT_TRUE(read.status.ok()) << read.status;
    EXPECT_EQ(read.bytes, payload_);
  }
  // Any other byte is found out before the body ends.
  const std::string body = Signed(payload_);
  for (size_t i = 0; i < body.size(); ++i) {
    std::string other = body;
    other[i] = static_cast<char>(other[i] ^ 1);
    const Read read = ReadAll(rule, other, {{"x-amz-decoded-content-length", length}}, 4096);
    EXPECT_FALSE(read.status.ok()) << i;
  }
  EXPECT_FALSE(
      ReadAll(rule, body.substr(0, body.size() - 20), {{"x-amz-decoded-content-length", length}})
          .status.ok());
}

TEST_F(S3BodyTest, TakesTheChecksumsOfATrailer) {
  Hasher hasher(v1::Checksum::CRC32);
  hasher.Update(payload_);
  const std::string value = hasher.Finish();
  const std::string body = absl::StrFormat("%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n",
                                           payload_.size(), payload_, absl::Base64Escape(value));
  const Read read = ReadAll({.kind = Kind::kStreamingUnsignedTrailer}, body,
                            {{"x-amz-decoded-content-length", absl::StrCat(payload_.size())},
                             {"x-amz-trailer", "x-amz-checksum-crc32"}});
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.bytes, payload_);
  ASSERT_EQ(read.trailer.checksums_size(), 1);
  EXPECT_EQ(read.trailer.checksums(0).algorithm(), v1::Checksum::CRC32);
  EXPECT_EQ(read.trailer.checksums(0).value(), value);
}

TEST_F(S3BodyTest, NeedsTheLengthOfWhatIsInChunks) {
  const PayloadRule rule{.kind = Kind::kStreamingUnsignedTrailer};
  EXPECT_EQ(ToS3Error(ReadAll(rule, "0\r\n\r\n").status).code, "MissingContentLength");
  EXPECT_EQ(
      ToS3Error(ReadAll(rule, "0\r\n\r\n", {{"x-amz-decoded-content-length", "-1"}}).status).code,
      "InvalidArgument");
  EXPECT_EQ(ToS3Error(ReadAll(rule, "0\r\n\r\n",
                              {{"x-amz-decoded-content-length", "0"},
                               {"x-amz-decoded-content-length", "0"}})
                          .status)
                .code,
            "InvalidArgument");
}

}  // namespace
}  // namespace trebol
