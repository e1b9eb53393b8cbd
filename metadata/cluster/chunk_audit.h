#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/cluster/cluster_map.h"
#include "metadata/catalog/catalog.h"
#include "metadata/catalog/name_search.h"
#include "metadata/cluster/audit_progress.h"
#include "metadata/cluster/audited_node.h"
#include "trebol/v1/chunk.pb.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Walks over all bytes that objects and uploads refer to, computes which chunks must exist, and
/// asks the nodes whether they do: what nobody else would see is a chunk that all replicas agree to
/// lack. It changes nothing. A chunk with fewer than N copies is only counted, for the members'
/// own comparison makes it whole.
///
/// Lost is a chunk that every node which is not OUT was asked for, of which nobody has a good copy
/// and nobody is in doubt. That is true and no matter of bad timing, because
/// - what a node says that it lacks counts only if it had installed the partition's epoch before it
///   was asked, is not reconciling, and answers; a store in doubt answers UNKNOWN by itself;
/// - the members are asked first, then all others, then the members again. A copy that went from
///   one node to another in between was forgotten only after every member had it durably, and
///   members forget nothing (decisions/2026-11-27-pull-push-forget.md): the last question finds it;
/// - afterwards the partition still has that epoch, and the extent is still there, so that nothing
///   of it ever was garbage.
/// Otherwise the chunk is undecided, and looked at again in the next pass.
///
/// The place within a pass, what was found and when the last pass ended are memory only: after a
/// restart of metadata the first pass begins ten minutes later, at the beginning.
///
/// Tick is for one thread, and blocks on the nodes; all else is thread-safe.
class ChunkAudit {
 public:
  using Answer = v1::StatChunkResponse::State;
  /// One answer for each chunk, in order.
  using StatChunks =
      std::function<absl::StatusOr<std::vector<Answer>>(NodeId, absl::Span<const ChunkId>)>;

  static constexpr size_t kMostFindings = 100;  // in a report

  struct Options {
    absl::Duration interval = absl::Hours(24);  // from the end of a pass to the next
    absl::Duration first = absl::Minutes(10);   // after the start, if the interval is not shorter
    double rate = 2'000;                        // chunks a second; nodes look in their index only
    size_t chunks_per_tick = 1'000;
    size_t name_rows_per_tick = 20'000;          // when it looks for the names of what is lost
    absl::Duration backoff = absl::Seconds(10);  // after a failed call of a node
  };
  struct Counts {
    uint64_t audited = 0;
    uint64_t short_of_copies = 0;
    uint64_t undecided = 0;
  };
  struct Report {
    v1::BackgroundTask task;
    std::vector<AuditFinding> findings;  // lost chunks
    uint64_t lost = 0;                   // all of them
    Counts pass;                         // of the pass under way, or the last
    Counts last_pass;                    // of the last that ended
    uint64_t passes = 0;                 // that ended
    std::optional<Instant> last_pass_ended;
  };

  ChunkAudit(Catalog* catalog, StatChunks stat_chunks, Instant started, Options options);

  /// Looks at some chunks, if it is time. `map` is the newest, `nodes` is what was known of them
  /// before this call. Returns when to come again; errors are of the catalog.
  absl::StatusOr<absl::Duration> Tick(Instant now, std::shared_ptr<const ClusterMap> map,
                                      const AuditedNodes& nodes);

  /// The next pass begins now; does nothing in the middle of one.
  void StartPass();
  /// A pass stays where it is, and none begins.
  void Pause(bool paused);
  Report report(Instant now) const;

 private:
  struct Answers {
    uint32_t present = 0;
    uint32_t absent = 0;
    uint32_t deleted = 0;
    uint32_t corrupt = 0;
    uint32_t unknown = 0;
  };
  struct Look {
    ChunkId id;
    uint64_t offset = 0;
    uint64_t bytes = 0;
    const ReplicaSet* set = nullptr;
    Answers members;
    Answers others;

    /// Nobody has it, and nobody is in doubt.
    bool IsNowhere() const {
      return members.present + others.present + members.unknown + others.unknown == 0;
    }
  };
  struct Lost {
    AuditFinding finding;
    uint64_t pass = 0;  // that saw it last
    bool name_sought = false;
  };
  enum class Whom { kMembers, kOthers };

  absl::StatusOr<absl::Duration> Work(Instant now, const ClusterMap& map,
                                      const AuditedNodes& nodes);
  bool InPass(Instant now);
  /// The next chunks of the walk; `ended` when it is over.
  absl::StatusOr<std::vector<Look>> NextChunks(const ClusterMap& map, bool* ended);
  void Ask(Instant now, const AuditedNodes& nodes, Whom whom, absl::Span<Look* const> looks);
  void AskNode(Instant now, NodeId id, const AuditedNode& node, Whom whom,
               absl::Span<Look* const> looks);
  absl::Status Confirm(std::vector<Look*>* suspects);
  void Note(absl::Span<const Look> looks, absl::Span<Look* const> lost, uint32_t copies);
  void EndPass(Instant now);
  absl::Status KeepFindings(Instant now);
  absl::Status DropGone();
  absl::Status SearchNames();

  Catalog* const catalog_;
  const StatChunks stat_chunks_;
  const Options options_;

  // Of the tick.
  Instant due_;
  std::optional<catalog::ExtentInfo> extent_;  // in the middle of which it is
  uint64_t next_chunk_ = 0;                    // of it
  VersionId after_;                            // extents up to here are done
  absl::flat_hash_map<NodeId, Instant> quiet_until_;
  Instant kept_at_;
  std::vector<VersionId> sought_;
  std::optional<catalog::NameSearch> search_;

  mutable Mutex mu_;
  AuditProgress progress_ ABSL_GUARDED_BY(mu_);
  Counts counts_ ABSL_GUARDED_BY(mu_);
  Counts last_counts_ ABSL_GUARDED_BY(mu_);
  absl::btree_map<ChunkId, Lost> lost_ ABSL_GUARDED_BY(mu_);
  uint64_t lost_beyond_ ABSL_GUARDED_BY(mu_) = 0;  // of this pass, that are not kept
};

}  // namespace trebol
