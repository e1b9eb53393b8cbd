#include "metadata/cluster/node_change.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/cluster/map_change.h"
#include "common/cluster/placement.h"
#include "metadata/cluster/fill_estimate.h"
#include "metadata/cluster/node_names.h"

namespace trebol {
namespace {

using Node = v1::ClusterNode;

absl::Status Invalid(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

/// One change being planned: what nodes become, then what the table becomes of it.
class Planner {
 public:
  Planner(const ClusterMap& map, const NodeMonitor& monitor, Instant now)
      : map_(map),
        monitor_(monitor),
        now_(now),
        nodes_(map.proto().nodes().begin(), map.proto().nodes().end()) {}

  absl::StatusOr<PlannedNodeChange> Plan(const v1::NodeChange& change) {
    RETURN_IF_ERROR(Resolve(change));
    switch (change.verb()) {
      case v1::NodeChange::ADD:
        for (const Node& node : named_) Add(node);
        break;
      case v1::NodeChange::DRAIN:
        for (const Node& node : named_) Drain(node);
        break;
      case v1::NodeChange::REMOVE:
        for (const Node& node : named_) Remove(node);
        break;
      case v1::NodeChange::REPLACE:
        RETURN_IF_ERROR(Replace(change));
        break;
      default:
        return Invalid("a change of nodes needs a verb: add, drain, remove or replace");
    }
    RETURN_IF_ERROR(PlanTable());
    CheckCopies();
    return Finish();
  }

 private:
  absl::Status Resolve(const v1::NodeChange& change) {
    for (const std::string& name : change.nodes()) {
      ASSIGN_OR_RETURN(Node node, FindNamedNode(map_.proto(), name));
      if (absl::c_none_of(named_, [&](const Node& other) { return other.id() == node.id(); })) {
        named_.push_back(std::move(node));
      }
    }
    const bool all = change.verb() == v1::NodeChange::ADD && change.all_waiting();
    if (all) {
      for (const Node& node : nodes_) {
        if (node.state() == Node::WAITING && IsUp(node)) named_.push_back(node);
      }
    } else if (named_.empty()) {
      return Invalid("a change of nodes needs a node: an id, the beginning of one, or an endpoint");
    }
    return absl::OkStatus();
  }

  bool IsUp(const Node& node) const {
    return !node.down() && monitor_.IsUp(NodeId(node.id()), now_);
  }
  Node& Mutable(const Node& node) {
    return *absl::c_find_if(nodes_, [&](const Node& one) { return one.id() == node.id(); });
  }
  void Refuse(const Node& node, absl::string_view why) {
    result_.plan.add_refusals(absl::StrCat(NameOf(node), " ", why));
  }
  void Note(const Node& node, absl::string_view what) {
    result_.plan.add_notes(absl::StrCat(NameOf(node), " ", what));
  }

  void Add(const Node& node) {
    if (node.state() == Node::ACTIVE) return Note(node, "holds data already");
    if (node.state() == Node::OUT) {
      return Refuse(node,
                    "is OUT, and what it holds is out of date; stop it, empty its directory, and "
                    "start it again: it joins as a new node, which can be added");
    }
    if (!IsUp(node)) return Refuse(node, "cannot be reached; start it, then add it");
    if (!map_.has_table()) {
      return Refuse(node,
                    absl::StrCat("need not be added: the first table is made when ",
                                 map_.proto().constants().initial_nodes(), " nodes have joined"));
    }
    if (node.state() == Node::DRAINING) Note(node, "keeps what it has not given away yet");
    Mutable(node).set_state(Node::ACTIVE);
    Mutable(node).set_removed(false);
    replans_ = true;
  }

  void Drain(const Node& node) {
    switch (node.state()) {
      case Node::DRAINING:
        return Note(node, "drains already");
      case Node::DRAINED:
      case Node::WAITING:
        return Note(node, "holds nothing that it could give away");
      case Node::OUT:
        return Refuse(node, "is OUT; there is nothing left to drain");
      default:
        break;
    }
    if (!IsUp(node)) {
      return Refuse(node,
                    "cannot be reached, so it can give nothing away; start it, or remove it: its "
                    "copies are then made anew from the others");
    }
    Mutable(node).set_state(Node::DRAINING);
    replans_ = true;
  }

  void Remove(const Node& node) {
    Node& changed = Mutable(node);
    changed.set_removed(true);
    switch (node.state()) {
      case Node::OUT:
        return Note(node, "is OUT already");
      case Node::WAITING:
      case Node::DRAINED:
        changed.set_state(Node::OUT);
        return Note(node, "holds nothing and is OUT at once; stop it");
      default:
        break;
    }
    replans_ = true;
    if (IsUp(node)) {
      changed.set_state(Node::DRAINING);
      return Note(node, "gives away what it holds, then it is OUT");
    }
    changed.set_state(Node::OUT);
    Note(node, "is down: its copies are made anew from the others, and it can never come back");
    CheckLastCopies(node);
  }

  absl::Status Replace(const v1::NodeChange& change) {
    if (named_.size() != 1) return Invalid("one node is replaced at a time");
    ASSIGN_OR_RETURN(const Node fresh, FindNamedNode(map_.proto(), change.replacement()));
    const Node& old = named_[0];
    if (fresh.id() == old.id()) return Invalid("a node cannot replace itself");
    if (IsReplaced(old, fresh)) {
      Note(old, absl::StrCat("is replaced by ", NameOf(fresh), " already"));
      return absl::OkStatus();
    }
    if (old.state() == Node::OUT) {
      Refuse(old, "is OUT: others have its partitions; add the new node (trebol node add)");
    } else if (old.state() != Node::ACTIVE && old.state() != Node::DRAINING) {
      Refuse(old, "holds nothing; add the new node (trebol node add) and remove this one");
    }
    if (fresh.state() != Node::WAITING && fresh.state() != Node::DRAINED) {
      Refuse(fresh, "does not wait; join another node with an empty directory");
    } else if (!IsUp(fresh)) {
      Refuse(fresh, "cannot be reached; start it first");
    }
    if (result_.plan.refusals_size() > 0) return absl::OkStatus();
    Mutable(old).set_removed(true);
    Mutable(old).set_state(IsUp(old) ? Node::DRAINING : Node::OUT);
    if (!IsUp(old)) CheckLastCopies(old);
    Mutable(fresh).set_state(Node::ACTIVE);
    const absl::flat_hash_set<NodeId> out = OutNodes(nodes_);
    size_t crowded = 0;
    for (const ReplicaSet& set : map_.table()) {
      std::vector<NodeId> members = MembersOf(set);
      const size_t zones = ZonesOf(members);
      const auto place = absl::c_find(members, NodeId(old.id()));
      if (place == members.end()) continue;
      *place = NodeId(fresh.id());
      if (ZonesOf(members) < zones) ++crowded;
      result_.sets.push_back(WithMembers(set, members, out));
    }
    if (crowded > 0) {
      Refuse(fresh, absl::StrCat("is in zone '", fresh.zone(), "', where ", crowded,
                                 " partitions of the old node have a copy already; take a node in "
                                 "zone '",
                                 old.zone(), "', or add the new node and remove the old one"));
    }
    return absl::OkStatus();
  }

  size_t ZonesOf(const std::vector<NodeId>& members) const {
    std::set<std::string> zones;
    for (const NodeId node : members) zones.insert(map_.FindNode(node)->zone());
    return zones.size();
  }

  bool IsReplaced(const Node& old, const Node& fresh) const {
    return old.removed() && fresh.state() == Node::ACTIVE &&
           (old.state() == Node::OUT || old.state() == Node::DRAINING) &&
           absl::c_none_of(map_.table(), [&](const ReplicaSet& set) {
             return absl::c_linear_search(MembersOf(set), NodeId(old.id()));
           });
  }

  /// `node` is to be OUT at once.
  void CheckLastCopies(const Node& node) {
    absl::flat_hash_set<NodeId> up;
    for (const Node& other : nodes_) {
      if (IsUp(other) && other.state() != Node::OUT) up.insert(NodeId(other.id()));
    }
    const size_t last = LastHeldBy(NodeId(node.id()), map_.table(), up).size();
    if (last == 0) return;
    Refuse(node, absl::StrCat("may have the last good copies: of ", last,
                              " of its partitions no other node that has all of them can be "
                              "reached; start it, or the others"));
  }

  absl::Status PlanTable() {
    if (!replans_ || result_.plan.refusals_size() > 0 || !map_.has_table()) return absl::OkStatus();
    if (Eligible(nodes_).empty()) return absl::OkStatus();  // CheckCopies refuses it
    ASSIGN_OR_RETURN(result_.sets, PlanMoves(map_.table(), nodes_, map_.proto().constants()));
    return absl::OkStatus();
  }

  static std::vector<Node> Eligible(const std::vector<Node>& nodes) {
    std::vector<Node> eligible;
    absl::c_copy_if(nodes, std::back_inserter(eligible),
                    [](const Node& node) { return node.state() == Node::ACTIVE; });
    return eligible;
  }
  static size_t Zones(const std::vector<Node>& nodes) {
    std::set<std::string> zones;
    for (const Node& node : nodes) zones.insert(node.zone());
    return zones.size();
  }

  /// Enough nodes, zones and space for all copies.
  void CheckCopies() {
    const std::vector<Node> before_nodes(map_.proto().nodes().begin(), map_.proto().nodes().end());
    const std::vector<Node> before = Eligible(before_nodes);
    const std::vector<Node> after = Eligible(nodes_);
    const size_t copies = map_.copies();
    if (after.size() < before.size() && after.size() < copies) {
      result_.plan.add_refusals(absl::StrCat(
          "only ", after.size(), " nodes would be left for ", copies,
          " copies of each chunk; add a node first (trebol node add), or replace this one by a new "
          "one (trebol node replace)"));
    }
    const size_t zones = std::min(copies, Zones(before));
    if (Zones(after) < zones) {
      result_.plan.add_refusals(absl::StrCat("copies of a chunk are in ", zones,
                                             " zones now, and only ", Zones(after),
                                             " would be left; add a node in another zone first"));
    }
  }

  PlannedNodeChange Finish() {
    v1::NodeChangePlan& plan = result_.plan;
    plan.set_map_epoch(map_.epoch().value);
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].SerializeAsString() != map_.proto().nodes(i).SerializeAsString()) {
        result_.nodes.push_back(nodes_[i]);
      }
    }
    plan.set_changes_nothing(result_.nodes.empty() && result_.sets.empty());
    EstimateFill(map_, nodes_, result_.sets, monitor_, &plan);
    NoteWhoIsAway();
    return std::move(result_);
  }

  void NoteWhoIsAway() {
    if (result_.sets.empty()) return;
    absl::flat_hash_set<NodeId> holders;
    for (const ReplicaSet& set : result_.sets) {
      for (const auto* list : {&set.serving, &set.incoming, &set.leaving}) {
        holders.insert(list->begin(), list->end());
      }
    }
    for (const Node& node : nodes_) {
      if (!holders.contains(NodeId(node.id())) || IsUp(node)) continue;
      Note(node, "is down: what it shares moves on when it is back, or OUT");
    }
  }

  const ClusterMap& map_;
  const NodeMonitor& monitor_;
  const Instant now_;
  std::vector<Node> named_;  // as they are
  std::vector<Node> nodes_;  // all, as they will be
  bool replans_ = false;
  PlannedNodeChange result_;
};

}  // namespace

absl::StatusOr<PlannedNodeChange> PlanNodeChange(const v1::NodeChange& change,
                                                 const ClusterMap& map, const NodeMonitor& monitor,
                                                 Instant now) {
  return Planner(map, monitor, now).Plan(change);
}

}  // namespace trebol
