#include "gateway/s3/codec/aws_chunked.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

using Options = AwsChunkedDecoder::Options;

std::string Sha256Of(const std::string& text) {
  Hasher hash(v1::Checksum::SHA256);
  hash.Update(absl::string_view(text));
  return absl::BytesToHexString(hash.Finish());
}

/// Here the signature of bytes is their SHA-256, and a wrong one is refused.
class HashVerifier final : public ChunkVerifier {
 public:
  absl::Status OnChunk(absl::string_view signature, absl::string_view sha256) override {
    ++chunks;
    return Compare(signature, sha256);
  }
  absl::Status OnTrailer(absl::string_view signature, absl::string_view sha256) override {
    ++trailers;
    return Compare(signature, sha256);
  }
  int chunks = 0;
  int trailers = 0;

 private:
  static absl::Status Compare(absl::string_view signature, absl::string_view sha256) {
    if (signature == sha256) return absl::OkStatus();
    return S3Only(403, "SignatureDoesNotMatch", "the chunk is not what was signed");
  }
};

std::string Plain(const std::string& data) {
  return absl::StrCat(absl::Hex(data.size()), "\r\n", data, data.empty() ? "" : "\r\n");
}
std::string Signed(const std::string& data) {
  return absl::StrCat(absl::Hex(data.size()), ";chunk-signature=", Sha256Of(data), "\r\n", data,
                      data.empty() ? "" : "\r\n");
}

Options Unsigned(uint64_t length) {
  Options options;
  options.decoded_length = length;
  return options;
}
Options SignedWithTrailer(uint64_t length) {
  Options options;
  options.decoded_length = length;
  options.signed_chunks = true;
  options.trailer = true;
  options.trailer_names = {"x-amz-checksum-crc32"};
  return options;
}

struct Decoded {
  std::string code;
  std::string payload;  // what went on, also before an error
  AwsChunkedDecoder::Headers trailer;
};

Decoded Decode(const Options& options, const std::string& body,
               const std::vector<uint8_t>& cuts = {}) {
  HashVerifier verifier;
  AwsChunkedDecoder decoder(options, &verifier);
  Decoded decoded;
  for (const Bytes& piece : Cut(body, cuts)) {
    const auto output = decoder.Feed(piece);
    if (!output.ok()) {
      EXPECT_EQ(decoder.Feed(Bytes()).status(), output.status());
      EXPECT_EQ(decoder.Finish(), output.status());
      decoded.code = CodeOf(output.status());
      return decoded;
    }
    decoded.payload += std::string(*output);
  }
  decoded.code = CodeOf(decoder.Finish());
  decoded.trailer = decoder.trailer();
  return decoded;
}

TEST(AwsChunked, TakesTheCodingOff) {
  EXPECT_EQ(Decode(Unsigned(8), Plain("hello") + Plain("abc") + Plain("") + "\r\n").payload,
            "helloabc");
  EXPECT_EQ(Decode(Unsigned(0), "0\r\n\r\n").code, "OK");
  EXPECT_EQ(Decode(Unsigned(10), "A\r\n0123456789\r\n000\r\n\r\n").code, "OK");
  Options options = Unsigned(5);
  options.trailer = true;
  options.trailer_names = {"x-amz-checksum-crc32"};
  const Decoded decoded =
      Decode(options, Plain("hello") + "0\r\nX-Amz-Checksum-CRC32: NhCmhg==\r\n\r\n");
  EXPECT_EQ(decoded.code, "OK");
  ASSERT_EQ(decoded.trailer.size(), 1u);
  EXPECT_EQ(decoded.trailer[0].first, "x-amz-checksum-crc32");
  EXPECT_EQ(decoded.trailer[0].second, "NhCmhg==");
}

TEST(AwsChunked, ChecksSignaturesOfChunksAndTrailer) {
  const std::string line = "x-amz-checksum-crc32:NhCmhg==";
  const std::string signature = Sha256Of(line + "\n");
  const std::string body = absl::StrCat(Signed("hello"), Signed(""), line,
                                        "\r\nx-amz-trailer-signature:", signature, "\r\n\r\n");
  EXPECT_EQ(Decode(SignedWithTrailer(5), body).code, "OK");
  EXPECT_EQ(Decode(SignedWithTrailer(5), body).payload, "hello");
  const std::string wrong = absl::StrCat(Signed("hello"), Signed(""), line,
                                         "\r\nx-amz-trailer-signature:", Sha256Of("x"), "\r\n\r\n");
  EXPECT_EQ(Decode(SignedWithTrailer(5), wrong).code, "SignatureDoesNotMatch");
  const std::string without = absl::StrCat(Signed("hello"), Signed(""), line, "\r\n\r\n");
  EXPECT_EQ(Decode(SignedWithTrailer(5), without).code, "InvalidRequest");
}

TEST(AwsChunked, HoldsTheLastPieceUntilAllIsVerified) {
  Options options = Unsigned(10);
  options.signed_chunks = true;
  std::string tampered = Signed("hello") + Signed("world") + Signed("");
  tampered[tampered.find("world")] = 'W';
  for (const int cut : {0, 1, 6, 200}) {
    const Decoded decoded = Decode(options, tampered + "\r\n", {static_cast<uint8_t>(cut)});
    EXPECT_EQ(decoded.code, "SignatureDoesNotMatch");
    EXPECT_LT(decoded.payload.size(), 10u);
  }
  HashVerifier verifier;
  AwsChunkedDecoder decoder(options, &verifier);
  const auto most = decoder.Feed(Bytes(Signed("hello") + Signed("world")));
  ASSERT_TRUE(most.ok());
  EXPECT_EQ(std::string(*most), "hello");
  EXPECT_FALSE(decoder.done());
  const auto last = decoder.Feed(Bytes(Signed("") + "\r\n"));
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(std::string(*last), "world");
  EXPECT_TRUE(decoder.done());
  EXPECT_EQ(verifier.chunks, 3);
  EXPECT_EQ(verifier.trailers, 0);
}

TEST(AwsChunked, ComparesTheLength) {
  EXPECT_EQ(Decode(Unsigned(6), Plain("hello") + "0\r\n\r\n").code, "IncompleteBody");
  EXPECT_EQ(Decode(Unsigned(4), Plain("hello") + "0\r\n\r\n").code, "IncompleteBody");
  EXPECT_EQ(Decode(Unsigned(5), Plain("hello")).code, "IncompleteBody");
  EXPECT_EQ(Decode(Unsigned(5), Plain("hello") + "0\r\n").code, "IncompleteBody");
  EXPECT_EQ(Decode(Unsigned(5), "").code, "IncompleteBody");
}

TEST(AwsChunked, IsStrict) {
  for (const char* body :
       {"5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\rhello",
        "x\r\n", "\r\n", "-5\r\nhello\r\n", "0x5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n",
        "5;a=b\r\nhello\r\n0\r\n\r\n", "11111111111111111\r\n", "140000001\r\n",
        "5\r\nhello\r\n0\r\n\r\nX", "5\r\nhello\r\n0\r\nx-amz-a:b\r\n\r\n"}) {
    EXPECT_EQ(Decode(Unsigned(5), body).code, "InvalidRequest") << body;
  }
  EXPECT_EQ(Decode(Unsigned(5), std::string(2000, '0')).code, "InvalidRequest");
}

TEST(AwsChunked, WantsEverySignature) {
  Options options = Unsigned(5);
  options.signed_chunks = true;
  for (const std::string& body : {Plain("hello"), std::string("5;chunk-signature=abc\r\n"),
                                  absl::StrCat("5;chunk-signature=", std::string(64, 'G'), "\r\n"),
                                  absl::StrCat("5;chunk-signature=", std::string(65, 'a'), "\r\n"),
                                  absl::StrCat("5;signature=", std::string(64, 'a'), "\r\n"),
                                  Signed("hello") + "0\r\n\r\n"}) {
    EXPECT_EQ(Decode(options, body).code, "InvalidRequest") << body;
  }
}

TEST(AwsChunked, TakesTheTrailerThatWasAnnounced) {
  Options options = Unsigned(0);
  options.trailer = true;
  options.trailer_names = {"x-amz-checksum-crc32"};
  const auto code = [&](const std::string& trailer) {
    return Decode(options, absl::StrCat("0\r\n", trailer, "\r\n")).code;
  };
  const std::string good = "x-amz-checksum-crc32:AAAAAA==\r\n";
  EXPECT_EQ(code(good), "OK");
  EXPECT_EQ(code(""), "MalformedTrailerError");
  EXPECT_EQ(code(good + good), "InvalidRequest");
  EXPECT_EQ(code("x-amz-checksum-sha1:a\r\n"), "MalformedTrailerError");
  EXPECT_EQ(code("nothing\r\n"), "InvalidRequest");
  EXPECT_EQ(code(":a\r\n"), "InvalidRequest");
  EXPECT_EQ(code("x-amz-checksum-crc32 :a\r\n"), "InvalidRequest");
  EXPECT_EQ(code(good + "x-amz-trailer-signature:" + std::string(64, 'a') + "\r\n"),
            "InvalidRequest");
  EXPECT_EQ(code("x-amz-checksum-crc32:" + std::string(20'000, 'a') + "\r\n"), "InvalidRequest");
}

RC_GTEST_PROP(AwsChunked, GivesTheSameHoweverItIsCut,
              (const std::vector<std::string>& chunks, const std::vector<uint8_t>& cuts)) {
  std::string payload;
  std::string body;
  for (const std::string& chunk : chunks) {
    if (chunk.empty()) continue;
    payload += chunk;
    body += Signed(chunk);
  }
  Options options = Unsigned(payload.size());
  options.signed_chunks = true;
  const Decoded decoded = Decode(options, absl::StrCat(body, Signed(""), "\r\n"), cuts);
  RC_ASSERT(decoded.code == "OK");
  RC_ASSERT(decoded.payload == payload);
}

}  // namespace
}  // namespace trebol
