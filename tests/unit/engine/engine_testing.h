#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "common/base/random.h"
#include "common/checksum/crc32c.h"
#include "storage-node/engine/segment_chunk_store.h"

namespace trebol {

/// A directory that is gone when the test ends.
class TemporaryDirectory {
 public:
  TemporaryDirectory()
      : path_(std::filesystem::temp_directory_path() / ("trebol-test-" + RandomHex(8))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path() const { return path_.string(); }

 private:
  const std::filesystem::path path_;
};

inline ChunkId MakeChunkId(uint64_t sequence, uint32_t index = 0, uint64_t session = 7) {
  return {
      .version = {.generation = Generation(3), .session = SessionId(session), .sequence = sequence},
      .index = index};
}

/// Bytes that differ for each seed and do not repeat.
inline std::string MakeBytes(uint64_t seed, size_t size) {
  std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ull + 1);
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; i += 8) {
    const uint64_t word = random();
    for (size_t j = i; j < size && j < i + 8; ++j)
      bytes[j] = static_cast<char>(word >> (8 * (j - i)));
  }
  return bytes;
}

inline absl::StatusOr<PutResult> PutBytes(ChunkStore& store, const ChunkId& id,
                                          const std::string& bytes) {
  return store.Put(id, Bytes(bytes), Crc32c(bytes), PutOptions());
}

/// Small segments and no thread of its own.
inline EngineOptions TestOptions(const std::string& directory) {
  EngineOptions options;
  options.directory = directory;
  options.segment_size = 256 * 1024;
  options.background = false;
  return options;
}

}  // namespace trebol
