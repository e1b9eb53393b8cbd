#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "common/base/error.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/seed.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

constexpr char kDirectory[] = "/disk/node";

EngineOptions OptionsOn(SimulatedDisk& disk) {
  EngineOptions options = TestOptions(kDirectory);
  options.files = &disk.files();
  options.index_env = disk.rocksdb_env();
  options.segment_size = 64 * 1024;
  return options;
}

using Image = std::map<std::string, std::string>;

Image ImageOf(const SimulatedDisk& disk) {
  Image image;
  for (const std::string& path : disk.Paths("/")) image[path] = disk.Content(path);
  return image;
}

void Load(const Image& image, SimulatedDisk& disk) {
  for (const auto& [path, content] : image) {
    ASSERT_TRUE(disk.files().CreateDirectories(path.substr(0, path.rfind('/'))).ok());
    disk.SetContent(path, content);
  }
}

/// A store with some chunks and a deleted version, as it looks on a disk.
struct Sample {
  std::map<ChunkId, std::string> chunks;
  ChunkId deleted = MakeChunkId(500);
  Image image;

  Sample() {
    SimulatedDisk disk;
    auto store = SegmentChunkStore::Open(OptionsOn(disk));
    EXPECT_TRUE(store.ok());
    EXPECT_TRUE(PutBytes(**store, deleted, "deleted").ok());
    for (uint64_t i = 1; i <= 12; ++i) {
      const ChunkId id = MakeChunkId(i);
      chunks[id] = MakeBytes(i, i % 3 == 0 ? 100000 : 3000);
      EXPECT_TRUE(PutBytes(**store, id, chunks[id]).ok());
    }
    EXPECT_TRUE((*store)->DeleteVersions({deleted.version}).ok());
    store->reset();
    image = ImageOf(disk);
  }
};

void Damage(std::string& content, std::mt19937_64& random) {
  if (content.empty()) return;
  const auto block = [&] { return random() % (content.size() / 4096 + 1) * 4096; };
  switch (random() % 6) {
    case 0: {  // two blocks trade places
      const uint64_t a = block(), b = block();
      const std::string x = content.substr(a, 4096), y = content.substr(b, 4096);
      if (x.size() == y.size()) content.replace(a, 4096, y), content.replace(b, 4096, x);
      return;
    }
    case 1:
      content.resize(random() % content.size());
      return;
    case 2: {
      const uint64_t at = block();
      content.replace(at, std::min<uint64_t>(4096, content.size() - at),
                      std::string(std::min<uint64_t>(4096, content.size() - at), '\0'));
      return;
    }
    default:
      content[random() % content.size()] ^= static_cast<char>(1 << random() % 8);
  }
}

TEST(DamagedStore, NeverServesWrongBytesAndSaysWhatItLost) {
  const Sample sample;
  const uint64_t first = TestSeed();
  int opened = 0, found = 0, rebuilt = 0;
  for (uint64_t seed = first; seed < first + 1000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Image image = sample.image;
    auto victim = image.begin();
    std::advance(victim, random() % image.size());
    Damage(victim->second, random);
    if (random() % 2 == 0) {
      std::erase_if(image, [](const auto& f) { return absl::StrContains(f.first, "/index/"); });
    }
    SimulatedDisk disk;
    Load(image, disk);
    auto store = SegmentChunkStore::Open(OptionsOn(disk));
    if (!store.ok()) {
      // Only who it is cannot be guessed.
      EXPECT_TRUE(absl::StrContains(victim->first, "superblock")) << store.status();
      continue;
    }
    ++opened;
    rebuilt += (*store)->recovery().index_rebuilt;
    for (const auto& [id, bytes] : sample.chunks) {
      for (const bool opened_before : {false, true}) {
        if (opened_before) (*store)->Get(id, 0, 1).status().IgnoreError();
        if (const auto cached = (*store)->TryGet(id, 0, 0)) EXPECT_EQ(cached->data, bytes);
      }
      const auto data = (*store)->Get(id, 0, 0);
      if (data.ok()) {
        EXPECT_EQ(data->data, bytes);
        continue;
      }
      ++found;
      const ErrorReason reason = ReasonOf(data.status());
      // Never ABSENT: it was acknowledged.
      EXPECT_TRUE(reason == v1::CHUNK_CORRUPT || reason == v1::CHUNK_UNKNOWN)
          << victim->first << ": " << data.status();
      if (reason != v1::CHUNK_CORRUPT) continue;
      EXPECT_EQ((*store)->Stat(id)->state, ChunkState::kCorrupt);
      EXPECT_TRUE(PutBytes(**store, id, bytes).ok()) << "a copy from elsewhere repairs it";
      EXPECT_EQ((*store)->Get(id, 0, 0)->data, bytes);
    }
  }
  EXPECT_GT(opened, 500);
  EXPECT_GT(found, 100);
  EXPECT_GT(rebuilt, 10);
}

TEST(OldIndex, IsNotTrustedOverTheLog) {
  const Sample sample;
  SimulatedDisk disk;
  Load(sample.image, disk);
  {
    auto store = SegmentChunkStore::Open(OptionsOn(disk));
    ASSERT_TRUE(store.ok());
    EXPECT_FALSE((*store)->recovery().index_rebuilt);
    std::vector<VersionId> all;
    for (const auto& [id, bytes] : sample.chunks) all.push_back(id.version);
    ASSERT_TRUE((*store)->DeleteVersions(all).ok());
    for (bool did_work = true; did_work;) ASSERT_TRUE((*store)->CompactOnce(&did_work).ok());
  }
  // Someone restores yesterday's index beside today's log.
  for (const std::string& path : disk.Paths(std::string(kDirectory) + "/index/")) {
    ASSERT_TRUE(disk.files().Remove(path).ok());
  }
  for (const auto& [path, content] : sample.image) {
    if (absl::StrContains(path, "/index/")) disk.SetContent(path, content);
  }
  auto store = SegmentChunkStore::Open(OptionsOn(disk));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_TRUE((*store)->recovery().index_rebuilt);
  for (const auto& [id, bytes] : sample.chunks) {
    EXPECT_EQ((*store)->Stat(id)->state, ChunkState::kDeleted);
  }
}

TEST(UserBytesThatLookLikeABatch, AreNotObeyed) {
  // A chunk that holds the bytes of another store's log, which deletes a version.
  const Sample sample;
  std::string hostile;
  for (const auto& [path, content] : sample.image) {
    if (absl::EndsWith(path, ".segment")) hostile += content.substr(0, 2000000);
  }
  SimulatedDisk disk;
  {
    auto store = SegmentChunkStore::Open(OptionsOn(disk));
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(PutBytes(**store, MakeChunkId(500), "mine").ok());
    ASSERT_TRUE(PutBytes(**store, MakeChunkId(600), hostile).ok());
  }
  // The header of the batch that holds them is damaged, so that a scan runs through the bytes.
  for (const std::string& path : disk.Paths(std::string(kDirectory) + "/segments/")) {
    std::string content = disk.Content(path);
    if (content.size() < hostile.size()) continue;
    for (size_t at = kSegmentHeaderSize; at < content.size(); at += 4096) content[at + 20] ^= 1;
    disk.SetContent(path, content);
  }
  for (const std::string& path : disk.Paths(std::string(kDirectory) + "/index/")) {
    ASSERT_TRUE(disk.files().Remove(path).ok());
  }
  auto store = SegmentChunkStore::Open(OptionsOn(disk));
  ASSERT_TRUE(store.ok());
  EXPECT_NE((*store)->Stat(MakeChunkId(500))->state, ChunkState::kDeleted);
  for (const auto& [id, bytes] : sample.chunks) {
    EXPECT_NE((*store)->Stat(id)->state, ChunkState::kPresent);
  }
}

}  // namespace
}  // namespace trebol
