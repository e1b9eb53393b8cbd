#include "tests/simulation/moves_world.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "storage-node/service/chunk_calls.h"

namespace trebol::simulation {
namespace {

constexpr int kNodes = 9;
constexpr int kFirstNodes = 5;  // the others join later
constexpr uint32_t kPartitions = 2;
constexpr size_t kCopies = 3;
constexpr size_t kQuorum = 2;
constexpr int kDeepest = 2;        // of what happens inside calls
constexpr size_t kRemembered = 4;  // maps that a gateway may be behind
constexpr int kMostRounds = 60;

template <typename Ids>
bool Names(const Ids& ids, uint64_t node) {
  return absl::c_linear_search(ids, node);
}

template <typename Ids>
void Remove(Ids* ids, uint64_t node) {
  ids->erase(std::remove(ids->begin(), ids->end(), node), ids->end());
}

}  // namespace

void MovesRun::Add(const MovesRun& other) {
  acked_writes += other.acked_writes;
  refused_writes += other.refused_writes;
  hinted_copies += other.hinted_copies;
  deletions += other.deletions;
  map_changes += other.map_changes;
  moves += other.moves;
  stops += other.stops;
  lost_disks += other.lost_disks;
  joins += other.joins;
  forgotten += other.forgotten;
  copied += other.copied;
  pushed += other.pushed;
  lost_calls += other.lost_calls;
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

std::string MovesRun::Summary() const {
  return absl::StrCat(acked_writes, " writes acknowledged, ", refused_writes, " refused, ",
                      hinted_copies, " hinted copies, ", deletions, " deletions, ", moves,
                      " members replaced in ", map_changes, " maps, ", stops, " stops, ",
                      lost_disks, " lost disks, ", joins, " joins, ", lost_calls, " lost calls, ",
                      copied, " copies pulled, ", pushed, " pushed, ", forgotten, " forgotten, ",
                      violations.size(), " violations");
}

struct MovesWorld::Node {
  explicit Node(uint64_t number) : id(number), endpoint(absl::StrCat("node-", number)) {}

  const NodeId id;
  const std::string endpoint;
  FakeChunkStore store;
  // Of each worker: they work at the same time.
  Runtime sync_runtime{1};
  Runtime hand_over_runtime{1};
  // One life of the process.
  std::unique_ptr<MapView> map;
  std::unique_ptr<Peers> sync_peers;
  std::unique_ptr<Peers> hand_over_peers;
  std::unique_ptr<PartitionSync> sync;
  std::unique_ptr<HandOver> hand_over;
  bool joined = false;
  bool gone = false;  // with its disk
  bool syncing = false;
  bool handing_over = false;

  bool busy() const { return syncing || handing_over; }

  bool running() const { return map != nullptr; }
};

MovesWorld::MovesWorld(uint64_t seed) : random_(seed) {
  map_.set_cluster_id("simulated");
  map_.set_generation(1);
  map_.set_epoch(1);
  map_.mutable_constants()->set_partitions(kPartitions);
  map_.mutable_constants()->set_copies(kCopies);
  map_.mutable_constants()->set_write_quorum(kQuorum);
  for (uint64_t number = 1; number <= kNodes; ++number) {
    nodes_.push_back(std::make_unique<Node>(number));
    if (number <= kFirstNodes) Join();
  }
  for (uint32_t p = 0; p < kPartitions; ++p) {
    v1::PartitionEntry* entry = map_.add_partitions();
    entry->set_partition(p);
    entry->set_epoch(1);
    for (size_t i = 0; i < kCopies; ++i) entry->add_serving(1 + (p + i) % kFirstNodes);
  }
  history_.push_back(ClusterMap::FromProto(map_).value());
  network_.fate = [this](const std::string&) { return FateOf(); };
  network_.answered = [this] { Meanwhile(); };
  for (const auto& node : nodes_) {
    if (node->joined) Start(*node);
  }
}

MovesWorld::~MovesWorld() = default;

MovesWorld::Node& MovesWorld::Any() { return *nodes_[random_() % nodes_.size()]; }

MovesNetwork::Fate MovesWorld::FateOf() {
  Meanwhile();
  if (calm_) return MovesNetwork::Fate::kDelivered;
  if (!Chance(20)) return MovesNetwork::Fate::kDelivered;
  ++run_.lost_calls;
  return Chance(2) ? MovesNetwork::Fate::kRequestLost : MovesNetwork::Fate::kAnswerLost;
}

void MovesWorld::Meanwhile() {
  if (calm_) return;
  if (depth_ < kDeepest && Chance(6)) Step();
  if (depth_ == 1 && Chance(100)) StandStill();
}

// The caller's process is stopped in the middle of a call, and the others go on.
void MovesWorld::StandStill() {
  ++depth_;
  if (Chance(3)) {
    for (int i = 0; i < 60; ++i) Step();
  } else if (Chance(2)) {  // somebody new copies from those who know nothing of it
    Node& newest = *nodes_[Join() - 1];
    ChangeSets(newest.id.value);
    Hear(newest);
    Sync(newest);
  } else {
    for (int i = 0; i < 3; ++i) {
      if (Chance(2)) Join();
      ChangeSets();
      Settle();
    }
  }
  --depth_;
}

void MovesWorld::Settle() {
  for (int round = 0; round < 3; ++round) {
    for (const auto& node : nodes_) {
      if (Chance(3)) continue;
      clock_.Advance(absl::Seconds(1));
      Hear(*node);
      Sync(*node);
      Hear(*node);
      GiveAway(*node);
    }
  }
}

MovesRun MovesWorld::Run(int steps) {
  for (int i = 0; i < steps && run_.violations.empty(); ++i) Step();
  if (run_.violations.empty()) Heal();
  for (const auto& node : nodes_) {
    if (!node->running()) continue;
    Stop(*node);  // adds up what it did
  }
  return run_;
}

void MovesWorld::Step() {
  ++depth_;
  clock_.Advance(absl::Seconds(random_() % 3));
  switch (random_() % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
      Write();
      break;
    case 4:
      DeleteOne();
      break;
    case 5:
    case 6:
      Collect();
      break;
    case 7:
      if (Chance(2)) ChangeSets();
      break;
    case 8: {
      Node& node = Any();
      if (!Chance(4)) break;
      if (node.running() && !node.busy()) {
        Stop(node);
        ++run_.stops;
      } else if (!node.running() && node.joined && !node.gone) {
        Start(node);
      }
      break;
    }
    case 9:
      if (Chance(10)) LoseDisk();
      if (Chance(10)) Join();
      break;
    case 10:
    case 11:
      Hear(Any());
      break;
    case 12:
    case 13:
      Sync(Any());
      break;
    default:
      GiveAway(Any());
  }
  --depth_;
}

// ---- Clients ----

void MovesWorld::Write() {
  const ChunkId id{{Generation(1), SessionId(1), next_sequence_++}, 0};
  const std::string bytes = absl::StrCat("chunk ", id.version.sequence);
  const auto map = history_[random_() % history_.size()];  // a gateway may be behind
  const ReplicaSet& set = map->Replicas(map->PartitionOf(id));
  PutChunkCall call;
  *call.request.mutable_chunk() = ToProto(id);
  call.request.set_partition(static_cast<uint32_t>(set.partition.value));
  call.request.set_epoch(set.epoch.value);
  call.request.set_crc32c(Crc32c(bytes));
  call.data = Bytes(bytes);
  const auto put = [&](uint64_t number, uint64_t hint_for) {
    Node& node = *nodes_[number - 1];
    if (!node.running() || Chance(12)) return false;
    call.request.set_node(number);
    call.request.set_hint_for(hint_for);
    const bool stored = PutChunks(node.store, *node.map, {&call, 1}).front().ok();
    return stored && !Chance(30);  // the answer may be lost
  };
  std::vector<uint64_t> others;
  for (const auto& node : nodes_) {
    if (!set.IsMember(node->id) && node->running()) others.push_back(node->id.value);
  }
  absl::c_shuffle(others, random_);
  size_t acks = 0;
  for (const NodeId member : set.Members()) {
    if (put(member.value, 0)) {
      ++acks;
    } else if (!others.empty()) {
      const bool hinted = put(others.back(), member.value);
      others.pop_back();
      acks += hinted ? 1 : 0;
      run_.hinted_copies += hinted ? 1 : 0;
    }
  }
  if (acks < kQuorum) {
    ++run_.refused_writes;  // its copies may be anywhere; nobody asks for them
    refused_.insert(id.version);
    return;
  }
  ++run_.acked_writes;
  live_[id] = false;
}

void MovesWorld::DeleteOne() {
  if (live_.empty()) return;
  auto at = live_.begin();
  std::advance(at, random_() % live_.size());
  garbage_[at->first.version];
  deleted_.insert(at->first.version);
  live_.erase(at);
  ++run_.deletions;
}

void MovesWorld::Collect() {
  if (garbage_.empty()) return;
  auto at = garbage_.begin();
  std::advance(at, random_() % garbage_.size());
  const VersionId version = at->first;
  // As the collector does: all nodes of the map that it began with, and all over again under a
  // newer one. Much may happen while it asks them.
  const uint64_t epoch = map_.epoch();
  Garbage& known = at->second;
  if (known.epoch != epoch) {
    known = {.epoch = epoch};
    for (const auto& node : nodes_) {
      if (node->joined && !node->gone) known.left.insert(node->id.value);
    }
  }
  std::set<uint64_t> left;
  for (const uint64_t target : std::set<uint64_t>(known.left)) {
    v1::DeleteVersionsRequest request;
    request.set_node(target);
    request.set_map_epoch(epoch);
    *request.add_versions() = ToProto(version);
    const auto deleted = network_.Deliver<v1::DeleteVersionsResponse>(
        nodes_[target - 1]->endpoint, [&request](const MovesNetwork::Server& server) {
          return trebol::DeleteVersions(*server.store, *server.map, request);
        });
    if (!deleted.ok()) left.insert(target);
  }
  const auto still = garbage_.find(version);
  if (still == garbage_.end() || still->second.epoch != epoch) return;
  if (left.empty()) {
    garbage_.erase(still);
  } else {
    still->second.left = std::move(left);
  }
}

// ---- Metadata ----

void MovesWorld::Publish() {
  ++run_.map_changes;
  auto map = ClusterMap::FromProto(map_);
  if (!map.ok()) return Violation(absl::StrCat("MAP: ", map.status().message()));
  history_.push_back(*std::move(map));
  if (history_.size() > kRemembered) history_.erase(history_.begin());
}

void MovesWorld::ChangeSets(uint64_t preferred) {
  v1::PartitionEntry& entry = *map_.mutable_partitions(static_cast<int>(random_() % kPartitions));
  std::vector<uint64_t> members(entry.serving().begin(), entry.serving().end());
  members.insert(members.end(), entry.incoming().begin(), entry.incoming().end());
  std::vector<uint64_t> others;
  for (const auto& node : nodes_) {
    if (node->joined && !node->gone && !Names(members, node->id.value)) {
      others.push_back(node->id.value);
    }
  }
  if (others.empty()) return;
  const uint64_t old = members[random_() % members.size()];
  uint64_t next = others[random_() % others.size()];
  // Often one comes back that has hardly left.
  if (!entry.leaving().empty() && Chance(2)) next = entry.leaving(0);
  if (Names(others, preferred)) next = preferred;
  // Somebody who has everything must stay, or the readers have only leaving nodes: allowed, rare.
  Remove(entry.mutable_serving(), old);
  Remove(entry.mutable_incoming(), old);
  Remove(entry.mutable_leaving(), next);
  entry.add_incoming(next);
  if (!nodes_[old - 1]->gone) entry.add_leaving(old);
  map_.set_epoch(map_.epoch() + 1);
  entry.set_epoch(map_.epoch());
  ++run_.moves;
  Publish();
}

void MovesWorld::Hear(Node& node) {
  if (!node.running()) return;
  // The heartbeat, then the newer map with its answer.
  bool changed = false;
  const PartitionSync::Report sync = node.sync->report();
  const HandOver::Report strays = node.hand_over->report();
  for (v1::PartitionEntry& entry : *map_.mutable_partitions()) {
    const PartitionId partition(entry.partition());
    const bool complete =
        absl::c_linear_search(sync.complete, std::pair(partition, Epoch(entry.epoch())));
    const bool becomes = complete && Names(entry.incoming(), node.id.value);
    const bool left = Names(entry.leaving(), node.id.value) &&
                      strays.map_epoch >= Epoch(entry.epoch()) &&
                      !absl::c_linear_search(strays.partitions, partition);
    if (!becomes && !left) continue;
    if (becomes) {
      Remove(entry.mutable_incoming(), node.id.value);
      entry.add_serving(node.id.value);
    }
    if (left) Remove(entry.mutable_leaving(), node.id.value);
    entry.set_epoch(map_.epoch() + 1);
    changed = true;
  }
  if (changed) {
    map_.set_epoch(map_.epoch() + 1);
    Publish();
  }
  InstallMap(node);
}

void MovesWorld::InstallMap(Node& node) { TREBOL_CHECK(node.map->Install(history_.back()).ok()); }

// ---- Nodes ----

void MovesWorld::Start(Node& node) {
  node.map = std::make_unique<MapView>(node.id, node.store);
  node.sync_peers = std::make_unique<Peers>(node.sync_runtime, network_.peer_stub(),
                                            network_.storage_stub(), *node.map);
  node.hand_over_peers = std::make_unique<Peers>(node.hand_over_runtime, network_.peer_stub(),
                                                 network_.storage_stub(), *node.map);
  node.sync =
      std::make_unique<PartitionSync>(node.store, node.store, *node.map, *node.sync_peers, never_,
                                      nothing_paused_, clock_, PartitionSync::Options());
  node.hand_over =
      std::make_unique<HandOver>(node.store, node.store, *node.map, *node.hand_over_peers, never_,
                                 nothing_paused_, clock_, HandOver::Options());
  InstallMap(node);  // it registers before it serves
  network_.servers[node.endpoint] = {&node.store, node.map.get()};
}

void MovesWorld::Stop(Node& node) {
  run_.copied += node.sync->report().copied_chunks;
  run_.pushed += node.hand_over->report().pushed_chunks;
  run_.forgotten += node.hand_over->report().forgotten_chunks;
  network_.servers.erase(node.endpoint);
  node.hand_over.reset();
  node.sync.reset();
  node.sync_peers.reset();
  node.hand_over_peers.reset();
  node.map.reset();
}

void MovesWorld::LoseDisk() {
  if (missing_disk_ || !FullyReplicated()) return;  // one at a time
  Node& node = Any();
  const auto left =
      absl::c_count_if(nodes_, [](const auto& other) { return other->joined && !other->gone; });
  if (!node.joined || node.gone || node.busy() || left <= static_cast<int>(kCopies) + 1) return;
  if (node.running()) Stop(node);
  node.gone = true;
  missing_disk_ = true;
  for (auto& [id, had_all] : live_) had_all = false;
  ++run_.lost_disks;
  v1::ClusterNode& entry = *map_.mutable_nodes(static_cast<int>(node.id.value) - 1);
  entry.set_state(v1::ClusterNode::OUT);
  map_.set_epoch(map_.epoch() + 1);
  for (v1::PartitionEntry& partition : *map_.mutable_partitions()) {
    std::vector<uint64_t> members(partition.serving().begin(), partition.serving().end());
    members.insert(members.end(), partition.incoming().begin(), partition.incoming().end());
    Remove(partition.mutable_leaving(), node.id.value);
    if (!Names(members, node.id.value)) continue;
    Remove(partition.mutable_serving(), node.id.value);
    Remove(partition.mutable_incoming(), node.id.value);
    for (const auto& other : nodes_) {
      if (!other->joined || other->gone || Names(members, other->id.value)) continue;
      Remove(partition.mutable_leaving(), other->id.value);
      partition.add_incoming(other->id.value);
      break;
    }
    partition.set_epoch(map_.epoch());
  }
  Publish();
}

uint64_t MovesWorld::Join() {
  for (const auto& node : nodes_) {
    if (node->joined) continue;
    node->joined = true;
    v1::ClusterNode* entry = map_.add_nodes();
    entry->set_id(node->id.value);
    entry->set_endpoint(node->endpoint);
    entry->set_weight(1);
    entry->set_state(v1::ClusterNode::ACTIVE);
    if (node->id.value <= kFirstNodes) return node->id.value;
    map_.set_epoch(map_.epoch() + 1);
    ++run_.joins;
    Publish();
    Start(*node);
    return node->id.value;
  }
  return nodes_.size();
}

void MovesWorld::Sync(Node& node) {
  if (!node.running() || node.syncing) return;
  node.syncing = true;
  node.sync->Tick();
  node.syncing = false;
  CheckCopies("a pull");
}

void MovesWorld::GiveAway(Node& node) {
  if (!node.running() || node.handing_over) return;
  node.handing_over = true;
  node.hand_over->Tick();
  node.handing_over = false;
  CheckCopies("a hand-over");
}

// ---- Checks ----

void MovesWorld::Violation(std::string text) { run_.violations.push_back(std::move(text)); }

bool MovesWorld::FullyReplicated() {
  return absl::c_all_of(live_, [this](const auto& chunk) {
    return absl::c_count_if(nodes_, [&](const auto& node) {
             return !node->gone && node->store.Has(chunk.first);
           }) >= static_cast<int>(kCopies);
  });
}

void MovesWorld::CheckCopies(const char* after) {
  if (missing_disk_ && FullyReplicated()) missing_disk_ = false;
  for (auto& [id, had_all] : live_) {
    const int copies = static_cast<int>(absl::c_count_if(
        nodes_, [&](const auto& node) { return !node->gone && node->store.Has(id); }));
    int least = missing_disk_ ? 1 : static_cast<int>(kQuorum);
    if (had_all) least = static_cast<int>(kCopies);
    had_all = had_all || copies >= static_cast<int>(kCopies);
    if (copies >= least) continue;
    Violation(absl::StrCat("LOST: chunk ", ToString(id), " has ", copies, " copies after ", after));
    return;
  }
}

void MovesWorld::Heal() {
  calm_ = true;
  for (const auto& node : nodes_) {
    if (!node->running() && node->joined && !node->gone) Start(*node);
  }
  // Writes that were refused left copies that nobody knows: what a session's end would find.
  for (const VersionId& version : refused_) garbage_[version];
  deleted_.insert(refused_.begin(), refused_.end());
  const auto settled = [this] {
    return garbage_.empty() &&
           absl::c_all_of(map_.partitions(),
                          [](const auto& entry) {
                            return entry.incoming().empty() && entry.leaving().empty();
                          }) &&
           absl::c_all_of(nodes_, [this](const auto& node) {
             return !node->running() ||
                    (node->hand_over->report().partitions.empty() &&
                     node->hand_over->report().map_epoch == Epoch(map_.epoch()));
           });
  };
  for (int round = 0; round < kMostRounds; ++round) {
    clock_.Advance(absl::Seconds(31));
    while (!garbage_.empty()) {
      const size_t before = garbage_.size();
      for (const auto& node : nodes_) {
        if (node->running()) InstallMap(*node);
      }
      Collect();
      if (garbage_.size() == before) break;
    }
    for (const auto& node : nodes_) {
      if (!node->running()) continue;
      Hear(*node);
      Sync(*node);
      GiveAway(*node);
      Hear(*node);
    }
    if (settled() && round > 3) break;
  }
  if (!settled()) Violation("STUCK: moves, hand-overs or deletions did not end");
  for (const auto& [id, had_all] : live_) {
    const ReplicaSet& set = history_.back()->Replicas(history_.back()->PartitionOf(id));
    for (const auto& node : nodes_) {
      if (node->gone || node->store.Has(id) == set.IsMember(node->id)) continue;
      Violation(absl::StrCat(set.IsMember(node->id) ? "MISSING" : "LEAKED", ": chunk ",
                             ToString(id), " on node ", node->id.value, " in the end"));
      return;
    }
  }
  for (const VersionId& version : deleted_) {
    for (const auto& node : nodes_) {
      if (node->gone || !node->store.Has({version, 0})) continue;
      Violation(
          absl::StrCat("UNDELETED: version ", ToString(version), " on node ", node->id.value));
      return;
    }
  }
}

}  // namespace trebol::simulation
