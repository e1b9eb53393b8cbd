#include "tests/simulation/cluster_damage.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/error.h"
#include "storage-node/engine/recovery.h"
#include "tests/simulation/cluster_audit.h"
#include "tests/simulation/cluster_ledger.h"
#include "tests/simulation/disk_damage.h"
#include "tests/simulation/power_cut_client.h"
#include "tests/testing/simulated_cluster.h"
#include "tests/testing/simulated_disk.h"

namespace trebol {
namespace {

constexpr size_t kKeys = 20;
constexpr int kFirstPuts = 40;
constexpr int kPutsOfRound = 6;
constexpr int kMostDamages = 60;   // of a node in a round
constexpr int kMostCompares = 40;  // what a session left open is compared when that has ended
constexpr size_t kNodes = SimulatedCluster::kNodes;

std::string DirectoryOf(size_t node) { return absl::StrCat("/disk/node-", node); }

class Simulation {
 public:
  Simulation(uint64_t seed, int rounds)
      : seed_(seed),
        rounds_(rounds),
        random_(seed),
        options_(SomeOptions(random_)),
        cluster_(disk_, options_),
        ledger_(seed, kKeys),
        client_(cluster_, ledger_, options_.chunk_size),
        damage_(disk_) {}

  ClusterDamageRun Run() {
    if (Start()) {
      Work(kFirstPuts);
      if (Whole("before any damage")) Remember();
    }
    for (int round = 0; round < rounds_ && run_.violations.empty(); ++round) {
      Work(kPutsOfRound);
      if (!Whole("before the damage")) break;
      Round();
      if (random_() % 3 == 0) Remember();
    }
    if (run_.violations.empty()) RebuildAll();
    cluster_.Stop();
    for (std::string& violation : run_.violations) {
      violation = absl::StrCat("seed ", seed_, ", after ", run_.damages, " damages: ", violation);
    }
    return std::move(run_);
  }

 private:
  static SimulatedCluster::Options SomeOptions(std::mt19937_64& random) {
    SimulatedCluster::Options options;
    options.chunk_size = random() % 3 == 0 ? 150'000 : 16'384;
    options.segment_size = (uint64_t{256} << random() % 3) * 1024;
    options.gateway_threads = options.blocking_threads = 1;
    return options;
  }

  bool Start() {
    absl::Status started = cluster_.Start();
    if (!started.ok() && AskForRebuilds()) {
      // A node came upon what is wrong with its index when it had begun; the next start mends it.
      ++run_.restarts;
      started = cluster_.Start();
    }
    if (!started.ok()) {
      Violation(absl::StrCat("UNAVAILABLE: the cluster does not come back: ", started.ToString()));
      return false;
    }
    for (size_t node = 0; node < kNodes; ++node) {
      run_.rebuilds += cluster_.store(node).recovery().index_rebuilt ? 1 : 0;
    }
    return true;
  }
  bool Restart() {
    ++run_.restarts;
    cluster_.Stop();
    return Start();
  }

  void Work(int puts) {
    PowerCutClient::Tally tally;
    for (int i = 0; i < puts; ++i) {
      const size_t key = random_() % kKeys;
      if (random_() % 5 == 0) {
        client_.Delete(key, &tally);
      } else {
        client_.Put(key, random_, &tally);
      }
      if (i % 4 == 3) cluster_.Step();
    }
    Take(&tally);
  }

  void Remember() {
    for (size_t node = 0; node < kNodes; ++node) damage_.Remember(DirectoryOf(node));
  }

  // One node stays as it is, so that no chunk loses all its copies.
  void Round() {
    const size_t spared = random_() % kNodes;
    const bool restores = ++round_ == 2;  // so that every run has one
    const bool stopped = restores || random_() % 2 == 0;
    if (stopped) cluster_.Stop();
    const uint64_t old = !stopped ? 7 : random_() % (restores ? 2 : 8);
    const bool both = random_() % 2 == 0;
    const size_t first = (spared + 1 + random_() % 2) % kNodes;
    bool indexes = false;
    for (size_t node = 0; node < kNodes; ++node) {
      if (node == spared || (!both && node != first)) continue;
      if (node == first && old == 0 && damage_.RestoreIndex(DirectoryOf(node))) ++run_.old_indexes;
      if (node == first && old == 1 && damage_.RestoreAll(DirectoryOf(node))) ++run_.old_disks;
      const int damages = 1 + static_cast<int>(random_() % kMostDamages);
      for (int i = 0; i < damages; ++i) {
        const bool index = random_() % 6 == 0;
        const DiskDamage::Bounds bounds{.truncate = stopped};
        if (!damage_.Once(DirectoryOf(node),
                          index ? DiskDamage::Of::kIndex : DiskDamage::Of::kSegments, bounds,
                          random_)) {
          continue;
        }
        ++run_.damages;
        run_.of_indexes += index ? 1 : 0;
        indexes |= index;
      }
    }
    if (stopped && !Start()) return;
    // Who reads finds what is bad before a scrub does.
    if (random_() % 2 == 0) LookAtCopies();
    if (random_() % 2 == 0) ReadAll();
    // What a running node has of its index in memory says nothing of the disk.
    if (indexes && !stopped && !Restart()) return;
    Mend();
  }

  // No copy gives other bytes, whatever else it gives.
  void LookAtCopies() {
    ClusterAudit audit(cluster_, ledger_, options_.chunk_size);
    for (const auto& chunk : audit.ExpectedChunks()) {
      for (size_t node = 0; node < kNodes; ++node) {
        ++run_.copies;
        const auto cached = cluster_.store(node).TryGet(chunk.id, 0, 0);
        if (cached.has_value() && cached->data != chunk.bytes) Wrong(chunk, node);
        const auto copy = cluster_.store(node).Get(chunk.id, 0, 0);
        if (!copy.ok()) ++run_.bad;
        if (copy.ok() && copy->data != chunk.bytes) Wrong(chunk, node);
      }
    }
    Take(audit);
  }
  void Wrong(const ClusterAudit::Expected& chunk, size_t node) {
    Violation(absl::StrCat("WRONG: node ", node, " gives other bytes for ", chunk.name));
  }

  // One good copy is enough for every object.
  void ReadAll() {
    PowerCutClient::Tally tally;
    for (size_t key = 0; key < kKeys; ++key) client_.Get(key, random_, &tally);
    run_.reads += tally.gets;
    Take(&tally);
  }

  void Mend() {
    for (int pass = 0; pass < 2; ++pass) {
      bool failed = false;
      for (size_t node = 0; node < kNodes; ++node) {
        failed |= !cluster_.Scrub(node).ok();
      }
      if (!failed && !AskForRebuilds()) break;
      // An index that cannot be read is made again from the log when the node starts, which its
      // operator is told; then the scrub goes on.
      if (pass == 1) return Violation("NOT REPAIRED: the scrub fails again after a rebuild");
      if (!Restart()) return;
    }
    CheckThatScrubsFoundAll();
    Whole("after a scrub");
  }
  bool AskForRebuilds() const {
    bool any = false;
    for (size_t node = 0; node < kNodes; ++node) {
      any |= !disk_.Paths(absl::StrCat(DirectoryOf(node), "/", kRebuildMarker)).empty();
    }
    return any;
  }

  // What still counts as a copy can be read.
  void CheckThatScrubsFoundAll() {
    ClusterAudit audit(cluster_, ledger_, options_.chunk_size);
    for (const auto& chunk : audit.ExpectedChunks()) {
      for (size_t node = 0; node < kNodes; ++node) {
        const auto stat = cluster_.store(node).Stat(chunk.id);
        if (!stat.ok() || stat->state != ChunkState::kPresent) continue;
        const auto copy = cluster_.store(node).Get(chunk.id, 0, 0);
        if (copy.ok() && copy->data == chunk.bytes) continue;
        Violation(absl::StrCat("NOT FOUND: the scrub of node ", node, " passed over ", chunk.name,
                               ": ", copy.status().ToString()));
      }
    }
    Take(audit);
  }

  // Nodes copy what they lack until each has a good copy of everything.
  bool Whole(const char* when) {
    ClusterAudit audit(cluster_, ledger_, options_.chunk_size);
    std::string lacks = "nothing was compared";
    for (int i = 0; i < kMostCompares && !lacks.empty(); ++i) {
      cluster_.Step();
      cluster_.Compare().IgnoreError();
      lacks = audit.FirstLack();
    }
    run_.checked += audit.copies_checked();
    Take(audit);
    if (lacks.empty()) return run_.violations.empty();
    Violation(absl::StrCat("NOT REPAIRED: ", when, " ", lacks));
    return false;
  }

  // The logs alone are whole as well: no damage was left to be found when an index is gone.
  void RebuildAll() {
    cluster_.Stop();
    for (size_t node = 0; node < kNodes; ++node) {
      for (const std::string& path : disk_.Paths(DirectoryOf(node) + "/index/")) {
        disk_.files().Remove(path).IgnoreError();
      }
    }
    if (!Start()) return;
    Whole("after all indexes were made again from the logs");
    ReadAll();
  }

  void Take(PowerCutClient::Tally* tally) {
    run_.violations.insert(run_.violations.end(), tally->violations.begin(),
                           tally->violations.end());
  }
  void Take(const ClusterAudit& audit) {
    for (const std::string& violation : audit.violations()) Violation(violation);
  }
  void Violation(std::string text) { run_.violations.push_back(std::move(text)); }

  const uint64_t seed_;
  const int rounds_;
  std::mt19937_64 random_;
  int round_ = 0;
  const SimulatedCluster::Options options_;
  SimulatedDisk disk_;
  SimulatedCluster cluster_;
  ClusterLedger ledger_;
  PowerCutClient client_;
  DiskDamage damage_;
  ClusterDamageRun run_;
};

}  // namespace

void ClusterDamageRun::Add(const ClusterDamageRun& other) {
  damages += other.damages;
  of_indexes += other.of_indexes;
  old_indexes += other.old_indexes;
  old_disks += other.old_disks;
  restarts += other.restarts;
  reads += other.reads;
  copies += other.copies;
  bad += other.bad;
  rebuilds += other.rebuilds;
  checked += other.checked;
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

std::string ClusterDamageRun::Summary() const {
  return absl::StrFormat(
      "%d damages (%d of indexes), %d old indexes and %d old disks put back, %d restarts, %d "
      "indexes made again; %d objects read, %d copies looked at of which %d gave an error, %d "
      "after "
      "repair",
      damages, of_indexes, old_indexes, old_disks, restarts, rebuilds, reads, copies, bad, checked);
}

ClusterDamageRun RunClusterDamage(uint64_t seed, int rounds) {
  return Simulation(seed, rounds).Run();
}

}  // namespace trebol
