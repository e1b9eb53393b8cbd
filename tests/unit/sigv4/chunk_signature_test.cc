#include "common/sigv4/chunk_signature.h"

#include <gtest/gtest.h>

#include "common/sigv4/digest.h"
#include "common/sigv4/sigv4.h"
#include "tests/unit/sigv4/aws_examples.h"

namespace trebol::sigv4 {
namespace {

ChunkSeed Seed(absl::string_view signature) {
  return {SigningKey(ExampleCredentials().secret, {"20130524", "us-east-1", "s3"}),
          "20130524T000000Z", std::string(kExampleScope), std::string(signature)};
}

TEST(ChunkSignatures, AreThoseOfTheExampleOfAws) {
  ChunkSignatures signatures(Seed(kStreamedSeed));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(signatures.Next(ChunkHash(i)), kStreamedChunks[i]);
}

TEST(ChunkSignatures, CoverTheTrailerAsInTheExampleOfAws) {
  ChunkSignatures signatures(Seed(kTrailerSeed));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(signatures.Next(ChunkHash(i)), kTrailerChunks[i]);
  EXPECT_EQ(signatures.OfTrailer(Sha256Hex(kTrailer)), kTrailerSignature);
}

TEST(ChunkSignatures, VerifyWhatTheyMade) {
  ChunkSignatures signatures(Seed(kTrailerSeed));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(signatures.VerifyNext(kTrailerChunks[i], ChunkHash(i)));
  EXPECT_TRUE(signatures.VerifyTrailer(kTrailerSignature, Sha256Hex(kTrailer)));
  EXPECT_FALSE(signatures.VerifyTrailer(kTrailerSignature, Sha256Hex("x-amz-checksum-crc32c:A\n")));
  EXPECT_FALSE(signatures.VerifyTrailer(kTrailerChunks[2], Sha256Hex(kTrailer)));
  EXPECT_FALSE(signatures.VerifyTrailer("", Sha256Hex(kTrailer)));
}

TEST(ChunkSignatures, RefuseChunksThatTradePlaces) {
  ChunkSignatures signatures(Seed(kStreamedSeed));
  EXPECT_FALSE(signatures.VerifyNext(kStreamedChunks[1], ChunkHash(1)));
}

TEST(ChunkSignatures, RefuseAChunkThatWasLeftOut) {
  ChunkSignatures signatures(Seed(kStreamedSeed));
  EXPECT_TRUE(signatures.VerifyNext(kStreamedChunks[0], ChunkHash(0)));
  EXPECT_FALSE(signatures.VerifyNext(kStreamedChunks[2], ChunkHash(2)));
}

TEST(ChunkSignatures, RefuseAllThatFollowsAWrongChunk) {
  ChunkSignatures signatures(Seed(kStreamedSeed));
  // The bytes are right, so the chain itself goes on as if nothing was wrong.
  EXPECT_FALSE(signatures.VerifyNext(std::string(64, '0'), ChunkHash(0)));
  EXPECT_FALSE(signatures.VerifyNext(kStreamedChunks[1], ChunkHash(1)));
  EXPECT_FALSE(signatures.VerifyNext(kStreamedChunks[2], ChunkHash(2)));
}

TEST(ChunkSignatures, DependOnTheSeed) {
  ChunkSeed seed = Seed(kStreamedSeed);
  seed.scope = "20130525/us-east-1/s3/aws4_request";
  EXPECT_FALSE(ChunkSignatures(seed).VerifyNext(kStreamedChunks[0], ChunkHash(0)));
  seed = Seed(kStreamedSeed);
  seed.timestamp = "20130524T000001Z";
  EXPECT_FALSE(ChunkSignatures(seed).VerifyNext(kStreamedChunks[0], ChunkHash(0)));
  EXPECT_FALSE(ChunkSignatures(Seed(kTrailerSeed)).VerifyNext(kStreamedChunks[0], ChunkHash(0)));
}

}  // namespace
}  // namespace trebol::sigv4
