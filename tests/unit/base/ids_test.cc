#include "common/base/ids.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace trebol {
namespace {

ChunkId MakeChunk(uint64_t generation, uint64_t session, uint64_t sequence, uint32_t index) {
  return {{Generation(generation), SessionId(session), sequence}, index};
}

TEST(Ids, EncodedChunkIdsSortAsTheIdsDo) {
  std::vector<ChunkId> ids = {MakeChunk(2, 1, 1, 1), MakeChunk(1, 255, 256, 0),
                              MakeChunk(1, 255, 255, 1), MakeChunk(1, 256, 0, 0)};
  std::vector<std::string> encoded;
  for (const ChunkId& id : ids) AppendChunkId(id, &encoded.emplace_back());
  std::sort(ids.begin(), ids.end());
  std::sort(encoded.begin(), encoded.end());
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(DecodeChunkId(encoded[i]), ids[i]);
}

TEST(Ids, HexReadsBackWhatItPrinted) {
  EXPECT_EQ(ToHex(0xab), "00000000000000ab");
  EXPECT_EQ(*FromHex("ab"), 0xabu);
  EXPECT_EQ(*FromHex("ffffffffffffffff"), ~uint64_t{0});
}

TEST(Ids, HexNamesWhatIsNoId) {
  EXPECT_FALSE(FromHex("").ok());
  EXPECT_FALSE(FromHex("12345678901234567").ok());
  EXPECT_NE(FromHex("node").status().message().find("'node'"), std::string::npos);
}

}  // namespace
}  // namespace trebol
