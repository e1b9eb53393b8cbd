#include "tests/simulation/engine_power_cut.h"

#include <map>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/mutex.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

constexpr int kLives = 4;
constexpr uint64_t kSessions = 3;

struct Entry {
  uint64_t bytes_seed = 0;
  size_t size = 0;
  bool acked = false;
};
enum class Fate { kAlive, kMaybeDeleted, kDeleted };

/// What the outside world knows of the store.
struct Ledger {
  Mutex mu;
  std::map<ChunkId, Entry> chunks ABSL_GUARDED_BY(mu);
  std::map<VersionId, Fate> versions ABSL_GUARDED_BY(mu);
  std::map<uint64_t, uint64_t> decided_below ABSL_GUARDED_BY(mu);  // acked, by session
  std::map<uint64_t, uint64_t> epochs ABSL_GUARDED_BY(mu);         // acked, by partition
  uint64_t next_sequence ABSL_GUARDED_BY(mu) = 1;
};

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : seed_(seed), random_(seed) {
    options_ = TestOptions("/disk/node");
    options_.files = &disk_.files();
    options_.index_env = disk_.rocksdb_env();
    options_.segment_size = (64 << random_() % 3) * 1024;
    concurrent_ = random_() % 2 == 0;
  }

  PowerCutRun Run() {
    for (int life = 0; life < kLives; ++life) {
      Live();
      if (!Verify()) break;
    }
    return std::move(run_);
  }

 private:
  // Opens the store, works until the power goes, and lets the disk decide what survived.
  void Live() {
    disk_.CutPowerAfter(1 + random_() % (random_() % 4 == 0 ? 12 : 250));
    auto store = SegmentChunkStore::Open(options_);
    if (store.ok()) {
      if (concurrent_) {
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
          threads.emplace_back([this, &store, seed = random_()] { Work(**store, seed); });
        }
        for (std::thread& thread : threads) thread.join();
      } else {
        Work(**store, random_());
      }
      store->reset();
    } else {
      ++run_.cuts_while_opening;
    }
    ++run_.cuts;
    disk_.CutPower();
    disk_.RestorePower(random_());
  }

  void Work(SegmentChunkStore& store, uint64_t seed) {
    std::mt19937_64 random(seed);
    while (disk_.powered()) {
      const uint64_t dice = random() % 100;
      if (dice < 60) {
        Put(store, random);
      } else if (dice < 75) {
        Delete(store, random);
      } else if (dice < 80) {
        bool did_work = false;
        if (store.CompactOnce(&did_work).ok() && did_work) ++compactions_;
      } else if (dice < 84) {
        store.Tick().IgnoreError();
      } else if (dice < 90) {
        Report(store, random);
      } else if (dice < 94) {
        Install(store, random);
      } else {
        Read(store, random);
      }
    }
  }

  void Put(SegmentChunkStore& store, std::mt19937_64& random) {
    ChunkId id;
    Entry entry{.bytes_seed = random(), .size = 1 + random() % (1 << (4 + random() % 13))};
    {
      MutexLock lock(&ledger_.mu);
      if (!ledger_.chunks.empty() && random() % 10 == 0) {  // a repeat
        auto at = ledger_.chunks.begin();
        std::advance(at, random() % ledger_.chunks.size());
        id = at->first;
        entry = at->second;
      } else {
        id = MakeChunkId(ledger_.next_sequence, 0, 1 + random() % kSessions);
        if (random() % 3 == 0) id.index = 1;
        ++ledger_.next_sequence;
        ledger_.chunks[id] = entry;
      }
    }
    const auto put = PutBytes(store, id, MakeBytes(entry.bytes_seed, entry.size));
    MutexLock lock(&ledger_.mu);
    if (put.ok()) {
      ledger_.chunks[id].acked = true;
      ++run_.acked_puts;
    } else if (ReasonOf(put.status()) == v1::CHUNK_CONFLICT) {
      Violation(absl::StrCat("put of ", ToString(id), ": ", put.status().ToString()));
    }
  }

  void Delete(SegmentChunkStore& store, std::mt19937_64& random) {
    VersionId version;
    {
      MutexLock lock(&ledger_.mu);
      if (ledger_.chunks.empty()) return;
      auto at = ledger_.chunks.begin();
      std::advance(at, random() % ledger_.chunks.size());
      version = at->first.version;
      Fate& fate = ledger_.versions[version];
      if (fate == Fate::kAlive) fate = Fate::kMaybeDeleted;
    }
    if (!store.DeleteVersions({version}).ok()) return;
    MutexLock lock(&ledger_.mu);
    ledger_.versions[version] = Fate::kDeleted;
    ++run_.acked_deletes;
  }

  void Report(SegmentChunkStore& store, std::mt19937_64& random) {
    const uint64_t session = 1 + random() % kSessions;
    uint64_t below = 0;
    {
      MutexLock lock(&ledger_.mu);
      below = ledger_.next_sequence;
    }
    const SessionMarks marks{
        .generation = Generation(3), .session = SessionId(session), .decided_below = below};
    if (!store.RecordSession(marks, LogLineage()).ok()) return;
    MutexLock lock(&ledger_.mu);
    ledger_.decided_below[session] = std::max(ledger_.decided_below[session], below);
  }

  void Install(SegmentChunkStore& store, std::mt19937_64& random) {
    const uint64_t partition = random() % 5;
    const uint64_t epoch = 1 + random() % 1000;
    const std::vector<InstalledEpoch> epochs = {{PartitionId(partition), Epoch(epoch), "entry"}};
    if (!store.InstallEpochs(epochs).ok()) return;
    MutexLock lock(&ledger_.mu);
    ledger_.epochs[partition] = std::max(ledger_.epochs[partition], epoch);
  }

  void Read(SegmentChunkStore& store, std::mt19937_64& random) {
    MutexLock lock(&ledger_.mu);
    if (ledger_.chunks.empty()) return;
    auto at = ledger_.chunks.begin();
    std::advance(at, random() % ledger_.chunks.size());
    const bool maybe_deleted = ledger_.versions[at->first.version] != Fate::kAlive;
    const auto data = store.Get(at->first, 0, 0);
    if (data.ok()) {
      Compare(at->first, at->second, data->data);
    } else if (at->second.acked && !maybe_deleted && disk_.powered()) {
      Violation(absl::StrCat("acknowledged ", ToString(at->first),
                             " is gone while running: ", data.status().ToString()));
    }
  }

  void Compare(const ChunkId& id, const Entry& entry, const Bytes& data) {
    if (data != MakeBytes(entry.bytes_seed, entry.size)) {
      Violation(absl::StrCat("wrong bytes of ", ToString(id)));
    }
  }

  // Everything that was promised must be there.
  bool Verify() {
    auto opened = SegmentChunkStore::Open(options_);
    if (!opened.ok()) {
      Violation(absl::StrCat("does not open: ", opened.status().ToString()));
      return false;
    }
    SegmentChunkStore& store = **opened;
    run_.rewritten_records += store.recovery().rewritten_records;
    run_.dropped_records += store.recovery().dropped_records;
    run_.index_rebuilds += store.recovery().index_rebuilt ? 1 : 0;
    if (store.recovery().damaged_stretches != 0) Violation("a stretch below the mark is damaged");
    MutexLock lock(&ledger_.mu);
    uint64_t chunks = 0, bytes = 0;
    for (auto& [id, entry] : ledger_.chunks) VerifyChunk(store, id, entry, &chunks, &bytes);
    const StoreStatistics statistics = store.Statistics();
    if (statistics.chunks != chunks || statistics.chunk_bytes != bytes) {
      Violation(absl::StrCat("counts ", statistics.chunks, " chunks and ", statistics.chunk_bytes,
                             " bytes where there are ", chunks, " and ", bytes));
    }
    if (statistics.synced_position < synced_position_) Violation("the synced position fell");
    synced_position_ = statistics.synced_position;
    VerifyMarks(store);
    run_.compactions = compactions_;
    return run_.violations.empty();
  }

  void VerifyChunk(SegmentChunkStore& store, const ChunkId& id, Entry& entry, uint64_t* chunks,
                   uint64_t* bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(ledger_.mu) {
    const Fate fate = ledger_.versions[id.version];
    const auto data = store.Get(id, 0, 0);
    if (data.ok()) {
      ++*chunks;
      *bytes += entry.size;
      Compare(id, entry, data->data);
      if (fate == Fate::kDeleted) Violation(absl::StrCat("deleted ", ToString(id), " came back"));
      entry.acked = true;  // what was served once must stay
      if (fate == Fate::kMaybeDeleted) ledger_.versions[id.version] = Fate::kAlive;
      return;
    }
    if (entry.acked && fate == Fate::kAlive) {
      Violation(
          absl::StrCat("acknowledged ", ToString(id), " is lost: ", data.status().ToString()));
    }
    const ErrorReason reason = ReasonOf(data.status());
    if (reason != v1::CHUNK_NOT_FOUND && reason != v1::CHUNK_UNKNOWN) {
      Violation(absl::StrCat(ToString(id), ": ", data.status().ToString()));
    }
    if (fate == Fate::kDeleted && store.Stat(id)->state != ChunkState::kDeleted) {
      Violation(absl::StrCat("the tombstone of ", ToString(id), " is lost"));
    }
  }

  void VerifyMarks(SegmentChunkStore& store) ABSL_EXCLUSIVE_LOCKS_REQUIRED(ledger_.mu) {
    std::map<uint64_t, uint64_t> marks, epochs;
    const auto sessions = store.OpenSessions();
    const auto installed = store.Epochs();
    if (!sessions.ok() || !installed.ok()) return Violation("sessions or epochs cannot be read");
    for (const SessionMarks& m : *sessions) marks[m.session.value] = m.decided_below;
    for (const InstalledEpoch& e : *installed) epochs[e.partition.value] = e.epoch.value;
    for (const auto& [session, below] : ledger_.decided_below) {
      if (marks[session] < below) Violation("an acknowledged session mark is lost");
    }
    for (const auto& [partition, epoch] : ledger_.epochs) {
      if (epochs[partition] < epoch) Violation("an acknowledged epoch is lost");
    }
  }

  void Violation(const std::string& text) {
    MutexLock lock(&violations_mu_);
    run_.violations.push_back(absl::StrCat("seed ", seed_, ": ", text));
  }

  const uint64_t seed_;
  std::mt19937_64 random_;
  SimulatedDisk disk_;
  EngineOptions options_;
  bool concurrent_ = false;
  std::atomic<uint64_t> compactions_{0};
  uint64_t synced_position_ = 0;
  Ledger ledger_;
  Mutex violations_mu_;
  PowerCutRun run_;
};

}  // namespace

PowerCutRun RunEnginePowerCuts(uint64_t seed) { return Simulation(seed).Run(); }

}  // namespace trebol
