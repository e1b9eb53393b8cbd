#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/limits.h"
#include "common/base/mutex.h"
#include "common/cluster/cluster_map.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/audit_progress.h"
#include "metadata/cluster/audited_node.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Finds what nodes hold and no row of metadata refers to (a late put that reached a stand-in, a
/// leak of a defect that is mended by now), and has it collected. It deletes nothing itself: what
/// it found goes to the state machine as an offer, which decides each version again in the order of
/// the log, and makes garbage of what it finds decided and not referred to; so a mistake made here
/// deletes nothing that lives (decisions/2026-11-27-audits.md). It stands on these:
/// - A version written, or committed, while the run goes on: its sequence is undecided at the
///   offer, or has an extent (fence.h). A commit that comes after the offer is refused, for what is
///   garbage was decided before.
/// - A copy cannot give a version its reference back: it refers only to bytes that have an extent.
/// - A reader of it: bytes that an object named have a garbage row until all readers have passed.
/// - Each page is judged by rows that were read before it was asked for. What was no garbage then
///   and is not referred to was an orphan then, and stays one; what was collected between the
///   answer and the judgement is not taken for one. At the offer it would do no harm either: a
///   tombstone is written twice.
/// - Unknown generations and sessions are UNKNOWN, in the judgement and at the offer: kept.
///
/// Its own view of the world may be wrong, so a run has brakes. It begins only while all nodes that
/// are not OUT are up and none reconciles, and collection is allowed. It ends without effect when
/// one of them goes down, starts anew, fails to answer, leaves or joins, or collection is frozen:
/// only a scan that is whole and unbroken counts. Once it offers, such a change keeps back the
/// rest. And it ends without effect, with an alarm, above Options::share or most_bytes, but not
/// below `least_bytes`, so that small clusters have one, too. An operator who knows better says how
/// much may go: Options::accept_bytes.
///
/// All of it is memory: after a restart of metadata the first run begins ten minutes later. Tick is
/// for one thread, and blocks on the nodes; all else is thread-safe.
class OrphanAudit {
 public:
  struct Held {
    VersionId version;
    uint64_t chunks = 0;
    uint64_t bytes = 0;
  };
  struct Page {
    std::vector<Held> versions;  // in the order of their ids
    bool more = false;
    uint64_t incarnation = 0;
  };
  /// What the node holds behind `after`, at most `limit` versions.
  using ListVersions =
      std::function<absl::StatusOr<Page>(NodeId, const VersionId& after, size_t limit)>;

  static constexpr size_t kMostFindings = 100;  // in a report

  struct Options {
    absl::Duration interval = absl::Hours(24 * 7);  // from the end of a run to the next
    absl::Duration first = absl::Minutes(10);       // after the start, if that is not longer
    absl::Duration retry = absl::Minutes(10);       // after a run that broke, likewise
    size_t page = 10'000;                           // versions a call
    // The brakes, of all copies: a run takes at most this share of all bytes that nodes hold and at
    // most so many, but so few always.
    double share = 0.01;
    uint64_t most_bytes = 10'000'000'000;
    uint64_t least_bytes = 64 * kMiB;
    size_t most_versions = 500'000;  // that are kept in memory: 20 MB
    /// The operator's word that a run may take so many bytes: the first that needs it, once.
    uint64_t accept_bytes = 0;
  };
  struct Counts {  // a version on several nodes counts on each
    uint64_t versions = 0;
    uint64_t bytes = 0;
    uint64_t orphans = 0;
    uint64_t orphan_bytes = 0;
    uint64_t unknown = 0;  // of generations or sessions that metadata does not know
    uint64_t unknown_bytes = 0;
    uint64_t offered = 0;  // that became garbage
  };
  struct Report {
    v1::BackgroundTask task;
    std::vector<AuditFinding> findings;  // orphans of the last run
    Counts run;                          // of the run under way, or the last
    uint64_t runs = 0;                   // that scanned everything
    std::optional<Instant> last_run_ended;
    /// The last whole run met a brake: why, how much on which nodes, what to do. Empty: it did not.
    std::string held;
  };

  OrphanAudit(Catalog* catalog, ListVersions list_versions, Instant started, Options options);

  /// Takes one step, if it is time: asks one node for a page, or offers a batch. `nodes` is what is
  /// known now; `may_collect` says whether collection is allowed. Returns when to come again;
  /// errors are of the catalog.
  absl::StatusOr<absl::Duration> Tick(Instant now, std::shared_ptr<const ClusterMap> map,
                                      const AuditedNodes& nodes, const absl::Status& may_collect);

  /// A run begins as soon as it can; does nothing within one.
  void StartRun();
  /// A run is broken off, and none begins.
  void Pause(bool paused);
  Report report(Instant now) const;

 private:
  enum class Stage { kIdle, kScanning, kOffering };
  struct Orphan {
    VersionId version;
    uint64_t bytes = 0;
    NodeId node;
  };

  absl::StatusOr<absl::Duration> Work(Instant now, const ClusterMap& map, const AuditedNodes& nodes,
                                      const absl::Status& may_collect);
  void Begin(Instant now, const AuditedNodes& nodes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  /// Why no run may begin or go on; empty: it may.
  std::string Unfit(const ClusterMap& map, const AuditedNodes& nodes,
                    const absl::Status& may_collect) const;
  /// Why the nodes are not those with which the run began; empty: they are.
  std::string Changed(const ClusterMap& map, const AuditedNodes& nodes) const;
  absl::StatusOr<std::string> ScanPage();
  void Judged(NodeId node, const Held& held, bool orphan, bool unknown);
  /// Why nothing may be offered; empty: it may.
  std::string Brake(const ClusterMap& map);
  absl::Status OfferSome();
  void Break(Instant now, std::string why);
  void End(Instant now, std::string held);

  Catalog* const catalog_;
  const ListVersions list_versions_;
  const Options options_;

  // Of the tick.
  Instant due_;
  Stage stage_ = Stage::kIdle;
  std::map<NodeId, uint64_t> nodes_;               // of the run, with their incarnations
  std::map<NodeId, uint64_t>::const_iterator at_;  // that is scanned
  VersionId after_;                                // on it
  std::vector<Orphan> orphans_;
  bool too_many_ = false;   // to be kept
  size_t next_offer_ = 0;   // of orphans_
  bool accepting_ = false;  // this run needs the operator's word,
  bool accepted_ = false;   // which was used

  mutable Mutex mu_;
  AuditProgress progress_ ABSL_GUARDED_BY(mu_);
  Counts counts_ ABSL_GUARDED_BY(mu_);
  std::string held_ ABSL_GUARDED_BY(mu_);
  std::vector<AuditFinding> findings_ ABSL_GUARDED_BY(mu_);
};

}  // namespace trebol
