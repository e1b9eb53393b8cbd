#include "storage-node/engine/read_buffers.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

#include "common/base/limits.h"

namespace trebol {
namespace {

TEST(ReadBuffers, KeepsSomeOfThemUntilNobodyReads) {
  const auto buffers = std::make_shared<ReadBuffers>();
  std::set<char*> first;
  {
    std::vector<std::shared_ptr<char>> taken;
    for (int i = 0; i < 10; ++i) {
      taken.push_back(buffers->Take(kMiB));
      std::memset(taken.back().get(), i, kMiB);
      first.insert(taken.back().get());
    }
    EXPECT_EQ(first.size(), 10u);  // nobody shares
  }
  int again = 0;
  std::vector<std::shared_ptr<char>> taken;
  for (int i = 0; i < 4; ++i) {
    taken.push_back(buffers->Take(2 * kMiB));
    again += static_cast<int>(first.count(taken.back().get()));
  }
  EXPECT_EQ(again, 4);
  buffers->ReleaseIfIdle();  // they were taken since
  taken.clear();
  buffers->ReleaseIfIdle();
}

TEST(ReadBuffers, GivesAnySizeAndOutlivesItsOwner) {
  auto buffers = std::make_shared<ReadBuffers>();
  std::vector<std::shared_ptr<char>> taken;
  for (const size_t size :
       {size_t{1}, size_t{70'000}, size_t{kDefaultChunkSize}, static_cast<size_t>(kMaxChunkSize)}) {
    taken.push_back(buffers->Take(size));
    std::memset(taken.back().get(), 1, size);
  }
  buffers.reset();
  for (const auto& memory : taken) EXPECT_EQ(*memory, 1);
}

}  // namespace
}  // namespace trebol
