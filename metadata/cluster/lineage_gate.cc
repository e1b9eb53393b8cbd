#include "metadata/cluster/lineage_gate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/planted.h"

namespace trebol {
namespace {

std::string Describe(const absl::flat_hash_set<NodeId>& nodes) {
  std::vector<std::string> names;
  for (const NodeId node : nodes) names.push_back(ToString(node));
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, ", ");
}

}  // namespace

LineageGate::LineageGate(HistoryHas history_has, const std::vector<NodeId>& known, Instant started,
                         Options options)
    : history_has_(std::move(history_has)),
      started_(started),
      options_(options),
      known_(known.size()),
      unheard_(known.begin(), known.end()),
      open_(known.empty()) {}

size_t LineageGate::Heard() const { return known_ - unheard_.size(); }

void LineageGate::Hear(NodeId node, const v1::LogPosition& lineage) {
  const absl::StatusOr<bool> has = history_has_(lineage);
  if (!has.ok()) return;  // not heard: the node says it again in a second
  MutexLock lock(&mu_);
  if (!*has && missing_.empty() && !Planted("controller.serves_a_rollback")) {
    missing_ =
        absl::StrCat("node ", ToString(node), " has seen entry ", lineage.index(), " of term ",
                     ToHex(lineage.term()), " of the metadata log, which this store lacks");
  }
  unheard_.erase(node);
  excused_.erase(node);
  if (unheard_.empty() && missing_.empty()) open_ = true;
}

void LineageGate::Tick(Instant now) {
  MutexLock lock(&mu_);
  if (open_) return;
  if (!missing_.empty()) {
    open_ = options_.accept_missing_history;
    return;
  }
  if (now - started_ >= kGateTimeout && 2 * Heard() > known_) open_ = true;
}

void LineageGate::Excuse(NodeId node) {
  MutexLock lock(&mu_);
  if (unheard_.erase(node) == 0) return;
  --known_;
  excused_.insert(node);
  if (unheard_.empty() && missing_.empty()) open_ = true;
}

std::vector<NodeId> LineageGate::Excused() const {
  MutexLock lock(&mu_);
  return {excused_.begin(), excused_.end()};
}

absl::Status LineageGate::MayServe() const {
  MutexLock lock(&mu_);
  if (open_) return absl::OkStatus();
  if (!missing_.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::LINEAGE_MISSING,
                     absl::StrCat(missing_,
                                  ": its directory was rolled back or is an older copy. Nothing is "
                                  "served. Stop metadata and put the newest copy of its directory "
                                  "in place; if that is lost, restart it with "
                                  "--accept-missing-history"));
  }
  return MakeError(
      absl::StatusCode::kUnavailable, v1::NOT_READY,
      absl::StrCat("metadata waits to hear from ", unheard_.size(), " of ", known_, " nodes (",
                   Describe(unheard_), ") whether its log is whole; after ",
                   absl::FormatDuration(kGateTimeout), " a majority is enough: start the nodes"));
}

absl::Status LineageGate::MayCollect() const {
  MutexLock lock(&mu_);
  if (!missing_.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::LINEAGE_MISSING,
                     absl::StrCat(missing_, "; nothing is deleted until an operator decides"));
  }
  if (!unheard_.empty()) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     absl::StrCat("garbage is kept until every node was heard; ",
                                  Describe(unheard_), " is missing: start it"));
  }
  return absl::OkStatus();
}

std::string LineageGate::Missing() const {
  MutexLock lock(&mu_);
  return missing_;
}

}  // namespace trebol
