#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/base/random.h"
#include "common/cluster/cluster_map.h"
#include "common/resilience/circuit_breaker.h"
#include "common/resilience/latency_window.h"

namespace trebol {

/// How this gateway finds its storage nodes: a breaker and recent latencies for each, and what the
/// map says of them. Decides whom to ask first and whom to replace, within the ejection cap.
/// Thread-safe; a call costs a tenth of a microsecond.
class NodeHealth {
 public:
  enum class Standing {
    kGood,
    kFailedLately,  // a few seconds ago: asked behind the others, and not waited for
    kEjected,       // its breaker is not closed, within the cap
    kDown,          // so says the cluster map
  };
  enum class Kind { kGet, kPut, kOther };
  using Result = CircuitBreaker::Result;

  /// A call that began.
  struct Call {
    NodeId node;
    Kind kind = Kind::kOther;
    uint64_t bytes = 0;
    CircuitBreaker::Call slot = 0;
    Instant begun;
  };

  struct View {
    NodeId node;
    CircuitBreaker::State breaker = CircuitBreaker::State::kClosed;
    bool ejected = false;
    bool late = false;  // reads begin at other copies
    uint64_t openings = 0;
    // Of the last 10 to 20 s; nothing when there were fewer than 20 calls.
    std::optional<absl::Duration> get_p50, get_p95, put_p50, put_p95, p95;
  };

  /// `seed` is for the jitter of breakers.
  explicit NodeHealth(const Clock& clock, uint64_t seed = RandomId())
      : clock_(clock), seed_(seed) {}

  /// Around every call to a node; `bytes` are those of the chunk, or of the part that was read.
  Call Begin(NodeId node, Kind kind, uint64_t bytes);
  void End(const Call& call, Result result);

  /// Attempts at the node came to nothing: it is kFailedLately until it answers, for five seconds.
  void Failed(NodeId node);
  bool FailedLately(NodeId node);

  /// The standing of each of a partition's `members`. At most one of them is ejected. While its
  /// breaker is half-open, a member is good for one caller at a time, who shall call it.
  std::vector<Standing> Judge(const ClusterMap& map, const std::vector<NodeId>& members);
  /// The standing of a node that may stand in for a member. One whose breaker is half-open is
  /// ejected: standing in is no probe.
  Standing OfHandoff(const ClusterMap& map, NodeId node);
  /// `nodes` of a partition beginning at `first` (modulo their number), in the order of their
  /// standing, and of the same standing those that answer reads much later than most behind the
  /// others. One that has to be probed is first.
  std::vector<NodeId> Order(const ClusterMap& map, const std::vector<NodeId>& nodes, size_t first);

  /// Whether a read shall be tried at `node` as well, where it would begin if the node were not
  /// late, with nobody waiting for it: that is how its return is seen. True for one in 16 such
  /// reads, one at a time; whoever is told so says Tried at the end.
  bool Tries(NodeId node);
  void Tried(NodeId node);

  /// After how long a read of so many bytes is late: the recent p95 of its size, 10 ms to 1 s.
  absl::Duration HedgeAfter(uint64_t bytes);
  /// Calls wait for it, and nothing came from it for more than a second.
  bool Silent(NodeId node);
  /// Nodes of which only a call can tell how they are: half-open ones, and those that were given up
  /// with nothing heard since.
  std::vector<NodeId> ToProbe();

  /// Computes what depends on recent latencies. Called every second.
  void Tick();
  std::vector<View> Views();

 private:
  struct Node {
    Node(NodeId id, uint64_t seed) : id(id), breaker({}, seed ^ id.value) {}

    /// Reads of one size class that were not answered yet.
    struct Waiting {
      uint64_t calls = 0;
      absl::Duration begun;  // the sum of when, since the clock's origin
    };

    const NodeId id;
    CircuitBreaker breaker;
    LatencyWindow gets;
    std::array<Waiting, LatencyWindow::kSizeClasses> waiting;
    LatencyWindow puts;
    std::optional<Instant> failed;
    std::optional<Instant> found_late;  // the last time
    uint64_t passed_over = 0;           // reads that would have begun at it while it is late
    bool tried = false;                 // a read that nobody waits for is on its way
    bool in_map = true;
    bool down = false;
    bool ejected = false;
  };

  Node& Find(NodeId id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Learn(const ClusterMap& map) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// Whom the cap leaves out, after the state of a breaker changed.
  void Eject() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// Which nodes are late.
  void JudgeReads(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static bool IsLate(const Node& node, Instant now);
  bool FailedLatelyLocked(const Node& node) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// `ejected`: how many of its partition were found so before it.
  Standing Of(Node& node, bool may_probe, int* ejected, bool* probes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename Change>
  void ChangeBreaker(Node& node, Change change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  const uint64_t seed_;
  Mutex mutex_;
  // Never erased: a call that outlives its node's place in the map still ends here.
  absl::flat_hash_map<NodeId, std::unique_ptr<Node>> nodes_ ABSL_GUARDED_BY(mutex_);
  Instant judged_ ABSL_GUARDED_BY(mutex_);  // the reads
  Epoch learnt_ ABSL_GUARDED_BY(mutex_);
  absl::Duration slow_after_ ABSL_GUARDED_BY(mutex_) = absl::Seconds(1);
  std::array<absl::Duration, LatencyWindow::kSizeClasses> hedge_after_ ABSL_GUARDED_BY(mutex_) = {
      absl::Seconds(1), absl::Seconds(1), absl::Seconds(1), absl::Seconds(1)};
};

}  // namespace trebol
