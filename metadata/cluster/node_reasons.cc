#include "metadata/cluster/node_reasons.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "metadata/cluster/node_names.h"

namespace trebol {
namespace {

// Disks that work take milliseconds; what takes longer holds back every write that must wait for
// it.
constexpr double kSlowWriteSeconds = 1;

/// "59 s", "4 min", "3 h".
std::string Rough(absl::Duration time) {
  if (time < absl::Minutes(2)) return absl::StrCat(absl::ToInt64Seconds(time), " s");
  if (time < absl::Hours(2)) return absl::StrCat(absl::ToInt64Minutes(time), " min");
  return absl::StrCat(absl::ToInt64Hours(time), " h");
}

std::string Silence(const v1::NodeStatus& node) {
  if (node.heartbeat_age_seconds() < 0) return "has not been heard since metadata started";
  return absl::StrCat("has not been heard for ",
                      Rough(absl::Seconds(node.heartbeat_age_seconds())));
}

std::string Away(const v1::NodeStatus& node, const FailureWatch::Down* down) {
  std::string text = absl::StrCat(Silence(node), node.node().down() ? " and is down" : "",
                                  "; start it, or see why it cannot be reached");
  if (down == nullptr) return text;
  if (!down->held.empty()) return absl::StrCat(text, ". It is not given up: ", down->held);
  if (down->out_in < absl::InfiniteDuration()) {
    absl::StrAppend(&text, ". In ", Rough(down->out_in),
                    " it is given up (OUT), and its copies are made anew on other nodes");
  }
  return text;
}

/// A node that is OUT and was not taken away by an operator, or that still runs.
std::string Gone(const v1::NodeStatus& node) {
  const bool lives =
      node.liveness() != v1::NodeStatus::DOWN && node.liveness() != v1::NodeStatus::SUSPECT;
  if (lives && node.node().removed()) {
    return "was set OUT and lives: nobody asks it for anything any more; stop it";
  }
  if (lives) {
    return "was set OUT and lives: what it holds is out of date; stop it, empty its directory and "
           "start it again: it joins as a new node, to be added (trebol node add)";
  }
  if (node.node().removed()) return "";
  return "was down for too long and is OUT; its copies are made anew on other nodes. If it is gone "
         "for good, say so (trebol node remove); if it comes back, empty its directory first";
}

}  // namespace

void AddNodeReasons(const v1::NodeStatus& node, const ClusterFacts& facts,
                    v1::ClusterStatus* status) {
  const auto add = [&](absl::string_view text) {
    status->add_reasons(absl::StrCat(NameOf(node.node()), " ", text));
  };
  if (node.node().state() == v1::ClusterNode::OUT) {
    if (const std::string gone = Gone(node); !gone.empty()) add(gone);
    return;
  }
  if (node.liveness() == v1::NodeStatus::DOWN || node.liveness() == v1::NodeStatus::SUSPECT) {
    const auto down = facts.kept.down.find(NodeId(node.node().id()));
    add(Away(node, down == facts.kept.down.end() ? nullptr : &down->second));
    return;
  }
  if (node.liveness() == v1::NodeStatus::RECONCILING) {
    add("came back with less than it once had; its copies are in doubt until they are compared "
        "with the others");
  }
  if (node.node().state() == v1::ClusterNode::DRAINING) {
    add(absl::StrCat("drains: ", node.leaving_partitions(),
                     " partitions are still to be given away; then it ",
                     node.node().removed() ? "is OUT and may be stopped" : "may be stopped"));
  }
  const v1::HeartbeatRequest& last = node.last();
  if (last.store_failed()) {
    add("stopped its store after a failed flush; check its disk, then restart it");
  } else if (last.writes_refused()) {
    add(absl::StrCat("refuses writes because its disk is more than ",
                     static_cast<int>(kRefuseWritesAt * 100), " % full; free space or add a disk"));
  }
  if (last.write_probe_seconds() >= kSlowWriteSeconds) {
    add(absl::StrCat(
        "takes ", Rough(absl::Seconds(last.write_probe_seconds())),
        " for a write and its flush; look at its disk, and replace it if that goes on"));
  }
  if (last.missing_chunks() > 0) {
    add(absl::StrCat("lacks ", last.missing_chunks(), " chunks (", last.missing_bytes(),
                     " bytes) that its peers have; it is fetching them"));
  }
  if (last.stray_chunks() > 0 && node.node().state() != v1::ClusterNode::DRAINING) {
    add(absl::StrCat("holds ", last.stray_chunks(),
                     " chunks for other nodes; it gives them away once those are up"));
  }
  if (last.quarantined_chunks() > 0) {
    add(absl::StrCat("found ", last.quarantined_chunks(),
                     " bad copies, which are replaced from its peers; check its disk"));
  }
}

}  // namespace trebol
