#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Is this the history that the nodes saw? A metadata store that was rolled back takes the newest
/// data for garbage; the nodes, which remember the highest position they ever heard of, tell it.
///
/// Until every known node was heard, nothing is appended and nothing answered; after kGateTimeout a
/// majority is enough to serve, with an alarm, but not to collect. A position that the history
/// lacks shuts the gate until an operator decides; one that comes after the gate opened stops
/// collection.
///
/// Thread-safe. Pure but for the injected question to the history.
class LineageGate {
 public:
  using HistoryHas = std::function<absl::StatusOr<bool>(const v1::LogPosition&)>;

  static constexpr absl::Duration kGateTimeout = absl::Seconds(30);

  struct Options {
    /// The operator's word that what is missing is lost: serve, but never collect.
    bool accept_missing_history = false;
  };

  /// `known` are the nodes that are not OUT. Without any the gate is open.
  LineageGate(HistoryHas history_has, const std::vector<NodeId>& known, Instant started,
              Options options);

  /// A node said how far it saw the log.
  void Hear(NodeId node, const v1::LogPosition& lineage);
  void Tick(Instant now);
  /// The operator's word that a node is gone for good: nobody waits for it any more. Nothing
  /// changes if it was heard or is unknown.
  void Excuse(NodeId node);
  /// Who was excused and has not been heard since.
  std::vector<NodeId> Excused() const;

  /// OK, NOT_READY (whom it waits for), or LINEAGE_MISSING (what to do).
  absl::Status MayServe() const;
  /// OK once every known node was heard and none knew more than the history.
  absl::Status MayCollect() const;
  /// The first position that the history lacks, in words; empty if there is none.
  std::string Missing() const;

 private:
  size_t Heard() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const HistoryHas history_has_;
  const Instant started_;
  const Options options_;

  mutable Mutex mu_;
  size_t known_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<NodeId> unheard_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<NodeId> excused_ ABSL_GUARDED_BY(mu_);
  bool open_ ABSL_GUARDED_BY(mu_);
  std::string missing_ ABSL_GUARDED_BY(mu_);
};

}  // namespace trebol
