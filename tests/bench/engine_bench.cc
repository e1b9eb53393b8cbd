// trebol-engine-bench: durable writes of the chunk engine beside RocksDB with BlobDB, on the same
// bytes and the same disk. Prints MB/s, operations a second, CPU seconds a GB and write
// amplification: bytes that the process handed to the disk (write_bytes of /proc/self/io) for each
// byte of payload.
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "common/base/limits.h"
#include "common/base/random.h"
#include "common/checksum/crc32c.h"
#include "storage-node/engine/segment_chunk_store.h"

namespace trebol {
namespace {

struct Case {
  const char* name;
  uint64_t value_size;
  int writers;
};
constexpr Case kCases[] = {{"4 KiB, 32 writers", 4 * kKiB, 32},
                           {"1 MiB, 8 writers", kMiB, 8},
                           {"4 MiB, 8 writers", 4 * kMiB, 8}};

struct Figures {
  double megabytes_per_second = 0;
  double operations_per_second = 0;
  double cpu_seconds_per_gigabyte = 0;
  double write_amplification = 0;
};

uint64_t BytesToDisk() {
  std::ifstream io("/proc/self/io");
  std::string name;
  for (uint64_t value = 0; io >> name >> value;) {
    if (name == "write_bytes:") return value;
  }
  return 0;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Something that stores value `number` durably; destroyed when everything is on disk.
class Target {
 public:
  virtual ~Target() = default;
  virtual bool Put(uint64_t number, const std::string& value) = 0;
  virtual void Settle() {}
};

class EngineTarget final : public Target {
 public:
  explicit EngineTarget(const std::string& directory) {
    EngineOptions options;
    options.directory = directory;
    auto store = SegmentChunkStore::Open(options);
    if (!store.ok()) {
      std::fprintf(stderr, "%s\n", store.status().ToString().c_str());
      std::exit(1);
    }
    store_ = *std::move(store);
  }
  bool Put(uint64_t number, const std::string& value) override {
    // The sender's checksum, as a request brings it: computed by the client, not here.
    thread_local std::pair<const std::string*, uint32_t> known;
    if (known.first != &value) known = {&value, Crc32c(value)};
    const ChunkId id{
        .version = {.generation = Generation(1), .session = SessionId(1), .sequence = number}};
    return store_
        ->Put(id, absl::MakeCordFromExternal(value, [](absl::string_view) {}), known.second,
              PutOptions())
        .ok();
  }

 private:
  std::unique_ptr<SegmentChunkStore> store_;
};

class BlobTarget final : public Target {
 public:
  explicit BlobTarget(const std::string& directory) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.enable_blob_files = true;
    options.min_blob_size = 1024;
    options.compression = rocksdb::kNoCompression;
    options.write_buffer_size = 64 * kMiB;
    options.max_background_jobs = 2;
    rocksdb::BlockBasedTableOptions table;
    table.checksum = rocksdb::kXXH3;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, directory, &db);
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      std::exit(1);
    }
    db_.reset(db);
  }
  bool Put(uint64_t number, const std::string& value) override {
    rocksdb::WriteOptions durable;
    durable.sync = true;
    return db_->Put(durable, std::to_string(number), value).ok();
  }
  void Settle() override { db_->Flush(rocksdb::FlushOptions()); }

 private:
  std::unique_ptr<rocksdb::DB> db_;
};

Figures Measure(const Case& what, uint64_t bytes, std::unique_ptr<Target> target) {
  // Incompressible, and one buffer a writer: what is measured is the way to the disk.
  std::vector<std::string> values;
  for (int i = 0; i < what.writers; ++i) {
    std::string value(what.value_size, '\0');
    uint64_t state = RandomId();
    for (size_t at = 0; at + 8 <= value.size(); at += 8) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;
      std::memcpy(value.data() + at, &state, 8);
    }
    values.push_back(std::move(value));
  }
  const uint64_t count = std::max<uint64_t>(bytes / what.value_size, what.writers);
  std::atomic<uint64_t> next{1};
  const uint64_t disk_before = BytesToDisk();
  const double cpu_before = CpuSeconds();
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> writers;
  for (int i = 0; i < what.writers; ++i) {
    writers.emplace_back([&, i] {
      for (uint64_t number; (number = next++) <= count;) {
        if (target->Put(number, values[i])) continue;
        std::fprintf(stderr, "a put failed\n");
        std::exit(1);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double cpu = CpuSeconds() - cpu_before;
  // What is still owed to the disk counts as written, but not in the time.
  target->Settle();
  target.reset();
  const double payload = static_cast<double>(count * what.value_size);
  return {.megabytes_per_second = payload / 1e6 / seconds,
          .operations_per_second = static_cast<double>(count) / seconds,
          .cpu_seconds_per_gigabyte = cpu / (payload / 1e9),
          .write_amplification = static_cast<double>(BytesToDisk() - disk_before) / payload};
}

int Run(const std::string& directory, uint64_t megabytes, int rounds,
        const std::string& json_file) {
  nlohmann::json results = nlohmann::json::array();
  std::printf("%-18s %-18s %9s %9s %9s %7s\n", "value", "engine", "MB/s", "op/s", "CPU s/GB", "WA");
  for (int round = 0; round < rounds; ++round) {
    for (const Case& what : kCases) {
      const uint64_t bytes = megabytes * kMiB / (what.value_size < kMiB ? 4 : 1);
      for (const bool engine : {true, false}) {
        const std::string path = directory + "/trebol-engine-bench-" + RandomHex(6);
        std::filesystem::create_directories(path);
        std::unique_ptr<Target> target;
        if (engine) {
          target = std::make_unique<EngineTarget>(path);
        } else {
          target = std::make_unique<BlobTarget>(path);
        }
        const Figures figures = Measure(what, bytes, std::move(target));
        std::filesystem::remove_all(path);
        const char* name = engine ? "trebol" : "rocksdb-blobdb";
        std::printf("%-18s %-18s %9.0f %9.0f %9.2f %7.3f\n", what.name, name,
                    figures.megabytes_per_second, figures.operations_per_second,
                    figures.cpu_seconds_per_gigabyte, figures.write_amplification);
        std::fflush(stdout);
        results.push_back({{"value_bytes", what.value_size},
                           {"writers", what.writers},
                           {"engine", name},
                           {"round", round},
                           {"megabytes_per_second", figures.megabytes_per_second},
                           {"operations_per_second", figures.operations_per_second},
                           {"cpu_seconds_per_gigabyte", figures.cpu_seconds_per_gigabyte},
                           {"write_amplification", figures.write_amplification}});
      }
    }
  }
  if (!json_file.empty()) std::ofstream(json_file) << results.dump(2) << "\n";
  return 0;
}

}  // namespace
}  // namespace trebol

int main(int argc, char** argv) {
  CLI::App app("Durable writes of the chunk engine beside RocksDB with BlobDB");
  std::string directory = std::filesystem::temp_directory_path().string();
  std::string json_file;
  uint64_t megabytes = 512;
  int rounds = 1;
  app.add_option("--directory", directory, "Where to write; the files are removed again");
  app.add_option("--megabytes", megabytes,
                 "Payload of each large case; small values get a quarter");
  app.add_option("--rounds", rounds, "How often everything is measured");
  app.add_option("--json", json_file, "Also write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  return trebol::Run(directory, megabytes, rounds, json_file);
}
