#include "common/checksum/crc32c.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace trebol {
namespace {

TEST(Crc32c, MatchesTheVectorsOfRfc3720) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62A8AB43u);
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
}

RC_GTEST_PROP(Crc32c, CombinesLikeConcatenation, (const std::string& a, const std::string& b)) {
  RC_ASSERT(CombineCrc32c(Crc32c(a), Crc32c(b), b.size()) == Crc32c(a + b));
  RC_ASSERT(Crc32c(b, Crc32c(a)) == Crc32c(a + b));
}

TEST(Crc32c, CombinesOverGibibytesOfZeros) {
  const std::string block(1 << 20, '\0');
  uint32_t whole = 0;
  for (int i = 0; i < 64; ++i) whole = Crc32c(block, whole);
  const uint32_t half = Crc32c(std::string(32 << 20, '\0'));
  EXPECT_EQ(CombineCrc32c(half, half, uint64_t{32} << 20), whole);
}

TEST(Crc32c, CopyCopiesAndSums) {
  std::string from(100000, 'x');
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<char>(i * 31);
  std::string to(from.size(), '\0');
  EXPECT_EQ(CopyWithCrc32c(to.data(), from.data(), from.size()), Crc32c(from));
  EXPECT_EQ(to, from);
}

TEST(Crc32c, OfARopeIsThatOfItsBytes) {
  Bytes rope("clover ");
  rope.Append(Bytes("leaf"));
  EXPECT_EQ(Crc32c(rope), Crc32c("clover leaf"));
}

}  // namespace
}  // namespace trebol
