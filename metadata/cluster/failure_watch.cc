#include "metadata/cluster/failure_watch.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/cluster/map_change.h"
#include "common/cluster/placement.h"

namespace trebol {
namespace {

// A longer gap between ticks means that this process stood still; heartbeats then wait in its
// sockets.
constexpr absl::Duration kMaxTickGap = absl::Seconds(3);

bool IsWatched(const v1::ClusterNode& node) { return node.state() != v1::ClusterNode::OUT; }

bool MayHoldCopies(const v1::ClusterNode& node) {
  return node.state() == v1::ClusterNode::ACTIVE || node.state() == v1::ClusterNode::DRAINING;
}

}  // namespace

FailureWatch::Verdict FailureWatch::Tick(Instant now, const ClusterMap& map,
                                         const NodeMonitor& monitor) {
  if (!ticked_) {
    started_ = now;
    trusted_from_ = now;
  }
  const absl::Duration gap = ticked_ ? now - last_tick_ : absl::ZeroDuration();
  if (gap > kMaxTickGap) trusted_from_ = now + kHeartbeatTimeout;
  ticked_ = true;
  last_tick_ = now;

  Verdict verdict;
  down_.clear();
  if (!map.has_table()) return verdict;
  std::erase_if(unreported_, [&](NodeId node) { return monitor.Beats(node) > 0; });
  if (safe_mode_) safe_mode_ = InSafeMode(now, map, monitor);
  Judge(now, std::min(gap, kMaxTickGap), map, monitor, &verdict);
  if (!safe_mode_ && now >= trusted_from_) GiveUp(now, map, monitor, &verdict);
  return verdict;
}

bool FailureWatch::IsSilent(NodeId node, Instant now, const NodeMonitor& monitor) const {
  if (monitor.Suspects(node, now)) return true;
  const auto heard = monitor.LastHeard(node);
  if (!heard.has_value()) return now - started_ > kHeartbeatTimeout;
  // Registered, and no heartbeat yet by which to judge it.
  return monitor.Beats(node) == 0 && now - *heard > kHeartbeatTimeout;
}

bool FailureWatch::InSafeMode(Instant now, const ClusterMap& map, const NodeMonitor& monitor) {
  size_t expected = 0;
  absl::flat_hash_set<NodeId> reported;
  std::vector<NodeId> missing;
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    const NodeId id(node.id());
    if (!MayHoldCopies(node)) continue;  // others decide nothing
    const bool has = monitor.Beats(id) > 0;
    if (has) reported.insert(id);
    if (node.down() && !has) continue;  // it was away before
    ++expected;
    if (!has) missing.push_back(id);
  }
  const bool enough = (expected - missing.size()) * 100 >= expected * 99;
  const bool everywhere = absl::c_all_of(map.table(), [&](const ReplicaSet& set) {
    return absl::c_any_of(MembersOf(set), [&](NodeId node) { return reported.contains(node); });
  });
  if (enough && everywhere) return false;
  if (now - started_ < kSafeMode) return true;
  unreported_ = std::move(missing);
  return false;
}

void FailureWatch::Judge(Instant now, absl::Duration passed, const ClusterMap& map,
                         const NodeMonitor& monitor, Verdict* verdict) {
  std::map<NodeId, Watched> watched;
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    if (!IsWatched(node)) continue;
    const NodeId id(node.id());
    Watched& now_watched = watched[id];
    if (const auto before = watched_.find(id); before != watched_.end()) {
      now_watched = before->second;
    }
    const uint64_t beats = monitor.Beats(id);
    const bool silent = IsSilent(id, now, monitor);
    if (silent) now_watched.beats_when_silent = beats;
    if (!node.down()) {
      now_watched.down_for = absl::ZeroDuration();
      if (silent && !safe_mode_ && now >= trusted_from_) verdict->down.push_back(id);
      continue;
    }
    now_watched.down_for += passed;
    if (!silent && beats >= now_watched.beats_when_silent + kBeatsUntilUp) {
      verdict->up.push_back(id);
      continue;
    }
    const bool goes = MayHoldCopies(node);
    if (Planted("controller.down_is_out")) now_watched.down_for = options_.out_after;
    down_[id] = {
        .for_how_long = now_watched.down_for,
        .out_in = goes ? std::max(absl::ZeroDuration(), options_.out_after - now_watched.down_for)
                       : absl::InfiniteDuration()};
  }
  watched_ = std::move(watched);
}

void FailureWatch::GiveUp(Instant now, const ClusterMap& map, const NodeMonitor& monitor,
                          Verdict* verdict) {
  for (auto& [id, down] : down_) {
    if (down.out_in == absl::InfiniteDuration()) continue;
    // Before its time, too: an operator wants to know what is to come.
    down.held = MustStay(*map.FindNode(id), map, now, monitor);
    if (!down.held.empty()) {
      down.out_in = absl::InfiniteDuration();
    } else if (down.out_in <= absl::ZeroDuration() && verdict->out.empty()) {
      verdict->out.push_back(id);
    }
  }
}

std::string FailureWatch::MustStay(const v1::ClusterNode& node, const ClusterMap& map, Instant now,
                                   const NodeMonitor& monitor) const {
  const NodeId id(node.id());
  std::vector<NodeId> given_up;
  absl::flat_hash_set<NodeId> up;
  size_t nodes = 0;
  size_t others = 0;
  for (const v1::ClusterNode& other : map.proto().nodes()) {
    const NodeId other_id(other.id());
    if (other.state() == v1::ClusterNode::OUT) {
      if (other.removed()) continue;  // the operator knows
      given_up.push_back(other_id);
    } else if (!other.down() && monitor.IsUp(other_id, now)) {
      up.insert(other_id);
    }
    ++nodes;
    if (other.state() == v1::ClusterNode::ACTIVE && other_id != id) ++others;
  }
  if (others < map.copies()) {
    return absl::StrCat("without it only ", others, " nodes are left for ", map.copies(),
                        " copies; start it, or join another node and replace it "
                        "(trebol node replace)");
  }
  const size_t most = std::max<size_t>(1, nodes / 4);
  if (given_up.size() >= most && !Planted("controller.gives_up_any_number")) {
    std::vector<std::string> names;
    for (const NodeId gone : given_up) names.push_back(ToString(gone));
    return absl::StrCat("no more than ", most, " of ", nodes,
                        " nodes are given up without an operator, and ", absl::StrJoin(names, ", "),
                        given_up.size() == 1 ? " was" : " were",
                        " already; start the node, or say that those are gone (trebol node "
                        "remove)");
  }
  if (Planted("controller.gives_up_last_copies")) return "";
  const size_t last = LastHeldBy(id, map.table(), up).size();
  if (last > 0) {
    return absl::StrCat("of ", last,
                        " partitions nobody else who has the copies can be reached; start it, or "
                        "the others");
  }
  return "";
}

std::vector<std::string> FailureWatch::Alarms() const {
  if (unreported_.empty()) return {};
  std::vector<std::string> names;
  for (const NodeId node : unreported_) names.push_back(ToString(node));
  return {absl::StrCat(absl::StrJoin(names, ", "), " did not report within ",
                       absl::FormatDuration(kSafeMode),
                       " of the start of metadata; nodes are judged without them: start them")};
}

}  // namespace trebol
