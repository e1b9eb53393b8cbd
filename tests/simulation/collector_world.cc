#include "tests/simulation/collector_world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/proto_ids.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/sessions.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::simulation {
namespace {

constexpr uint64_t kOldSession = 5;
constexpr BucketId kBucket{1};
constexpr char kKey[] = "k";
constexpr testing::Operation kOperation{kClientSession, 1};
constexpr uint64_t kSize = 1;

v1::Command Put(testing::Operation operation, size_t version) {
  return testing::PutObject(operation, "bucket", kKey, World::Version(version), kSize);
}

template <typename Row>
Row Parsed(const std::string& key, const std::string& value) {
  Row row;
  TREBOL_CHECK(DecodeRow(key, value, &row).ok());
  return row;
}

Table TableOf(const std::string& key) { return static_cast<Table>(key[0]); }

std::vector<uint64_t> MadeAt(const testing::MemoryTransaction& rows) {
  std::vector<uint64_t> made_at;
  for (const auto& [key, value] : rows.rows()) {
    if (TableOf(key) != Table::kGarbage) continue;
    made_at.push_back(Parsed<v1::GarbageRow>(key, value).made_at());
  }
  return made_at;  // ascending, as the rows are
}

// A row with the ranks of its log indexes instead of them.
template <typename Rank>
void AppendRow(const std::string& key, const std::string& value, const Rank& rank,
               std::string* out) {
  switch (TableOf(key)) {
    case Table::kApplied:
      return;
    case Table::kGarbageIndex:
      return;  // the garbage row says the same
    case Table::kUnseenGarbage: {
      v1::GarbageRow row = Parsed<v1::GarbageRow>(key, value);
      row.clear_made_at();  // nothing waits for it
      absl::StrAppend(out, "unseen:", row.SerializeAsString());
      return;
    }
    case Table::kGarbage: {
      v1::GarbageRow row = Parsed<v1::GarbageRow>(key, value);
      row.set_made_at(static_cast<uint64_t>(rank(row.made_at())));
      absl::StrAppend(out, "garbage:", row.SerializeAsString());
      return;
    }
    case Table::kSession:
    case Table::kClosedSession: {
      v1::SessionRow row = Parsed<v1::SessionRow>(key, value);
      const bool speaks = !row.closed() && row.kind() == v1::OpenSessionCommand::GATEWAY;
      row.set_horizon(speaks ? static_cast<uint64_t>(rank(row.horizon())) : 0);
      absl::StrAppend(out, key, row.SerializeAsString());
      return;
    }
    default:
      absl::StrAppend(out, key.size(), ",", value.size(), ":", key, value);
  }
}

void Must(const absl::StatusOr<v1::Outcome>& outcome) {
  if (!outcome.ok()) fprintf(stderr, "%s\n", outcome.status().ToString().c_str());
  TREBOL_CHECK(outcome.ok() && !outcome->has_error());
}

}  // namespace

World World::Begin(const ModelBounds& bounds) {
  World world;
  world.reads_left = bounds.reads;
  world.delete_left = bounds.object_deletes;
  v1::Command create;
  create.mutable_create_cluster()->set_cluster_id("c");
  create.mutable_create_cluster()->set_generation(kModelGeneration.value);
  create.mutable_create_cluster()->mutable_constants()->set_copies(1);
  Must(world.Run(create));
  Must(world.Run(testing::RegisterNode(kNode)));
  Must(world.Run(testing::OpenSession(kOldSession)));
  Must(world.Run(testing::CreateBucket({kOldSession, 1}, "bucket")));
  Must(world.Run(Put({kOldSession, 2}, 0)));
  world.node[0].present = true;
  Must(world.Run(testing::CloseSession(kOldSession)));
  Must(world.Run(testing::OpenSession(kClientSession, v1::OpenSessionCommand::CLIENT)));
  for (int gateway = 0; gateway < bounds.gateways; ++gateway) {
    Must(world.Run(testing::OpenSession(Session(gateway))));
    world.gateways.emplace_back().last_seen = world.head;
  }
  return world;
}

VersionId World::Version(size_t number) {
  return {kModelGeneration, SessionId(number == 0 ? kOldSession : Session(number - 1)), 1};
}

int World::NumberOf(const v1::VersionId& version) {
  for (size_t number = 0; number < kVersions; ++number) {
    if (Version(number) == VersionIdOf(version)) return static_cast<int>(number);
  }
  return -1;
}

std::string World::Serialise() const {
  const std::vector<uint64_t> made_at = MadeAt(rows);
  const auto rank = [&made_at](uint64_t index) {
    return std::upper_bound(made_at.begin(), made_at.end(), index) - made_at.begin();
  };
  std::string out;
  for (const auto& [key, value] : rows.rows()) AppendRow(key, value, rank, &out);
  for (const Stored& stored : node) absl::StrAppend(&out, stored.present, stored.tombstone, ";");
  for (const Gateway& g : gateways) {
    absl::StrAppend(&out, g.started, g.durable, g.commit_sent, g.gave_up, ",", g.puts, ",",
                    g.commits, ",", g.abandons, ",", static_cast<int>(g.known), g.told_abandoned);
    absl::StrAppend(&out, ",", rank(g.last_seen), ",", g.next_number, ",", g.expiring.value_or(99),
                    g.node_knows_closed, ";");
    for (v1::RenewSessionCommand renewal : g.renewals) {
      renewal.set_horizon(static_cast<uint64_t>(rank(renewal.horizon())));
      absl::StrAppend(&out, renewal.ByteSizeLong(), ":", renewal.SerializeAsString());
    }
  }
  absl::StrAppend(&out, static_cast<int>(reading), reads_left, ",", rank(read_seen), ",",
                  read_version, read_pinned, delete_left, operation_closed, collected);
  absl::StrAppend(&out, ",", effects, ",",
                  collecting.has_value() ? NumberOf(collecting->version()) : -1, ",", outcome);
  return out;
}

absl::StatusOr<v1::Outcome> World::Run(const v1::Command& command) {
  testing::MemoryTransaction attempt = rows;
  const ApplyContext context{LogIndex(head + 1), /*term=*/1, /*time_us=*/1, kModelGeneration};
  auto outcome = catalog::Apply(attempt, command, context);
  if (!outcome.ok() || attempt == rows) return outcome;
  ++head;
  v1::AppliedRow applied;
  applied.set_index(head);
  applied.set_term(1);
  TREBOL_CHECK(PutRow(attempt, row_keys::Applied(), applied).ok());
  rows = std::move(attempt);
  return outcome;
}

int World::Referenced() const {
  const auto object = catalog::objects::Find(rows, kBucket, kKey);
  TREBOL_CHECK(object.ok());
  return object->has_value() ? NumberOf((*object)->manifest().version()) : -1;
}

bool World::SessionOpen(size_t gateway) const {
  return catalog::sessions::RequireOpen(rows, SessionId(Session(gateway))).ok();
}

std::vector<v1::GarbageRow> World::Collectable() const {
  std::vector<v1::GarbageRow> collectable;
  for (const GarbageKind kind : {GarbageKind::kUnseen, GarbageKind::kSeen}) {
    const auto readers = catalog::ReadReadersHorizon(rows, kind);
    TREBOL_CHECK(readers.ok());
    const auto garbage = catalog::ReadGarbage(rows, kind, {}, readers->horizon, 100);
    TREBOL_CHECK(garbage.ok());
    for (const v1::GarbageRow& row : *garbage) {
      if (!readers->pinned.contains(VersionIdOf(row.version()))) collectable.push_back(row);
    }
  }
  return collectable;
}

std::string World::DeliverPut(size_t gateway) {
  Gateway& g = gateways[gateway];
  Stored& stored = node[gateway + 1];
  --g.puts;
  if (stored.tombstone || g.node_knows_closed) return "";
  stored.present = true;
  g.durable = true;
  return "";
}

std::string World::DeliverCommit(size_t gateway) {
  Gateway& g = gateways[gateway];
  --g.commits;
  const size_t version = gateway + 1;
  const bool existed = *catalog::extents::Contains(rows, Version(version));
  const auto result = Run(Put(kOperation, version));
  if (!existed && *catalog::extents::Contains(rows, Version(version))) {
    ++effects;
    if (g.told_abandoned) return "a version was committed after its caller was told that it failed";
  }
  if (!result.ok()) return "";
  const std::string answer = result->SerializeAsString();
  if (outcome.empty()) outcome = answer;
  if (outcome != answer) return "a repeat of the operation was answered another outcome";
  g.known = NumberOf(result->object().manifest().version()) == static_cast<int>(version)
                ? Known::kCommitted
                : Known::kAbandoned;
  g.last_seen = head;
  return "";
}

std::string World::DeliverAbandon(size_t gateway) {
  Gateway& g = gateways[gateway];
  --g.abandons;
  const auto result = Run(testing::AbandonVersion(Version(gateway + 1), 1, kSize));
  if (!result.ok()) return "";
  g.last_seen = head;
  if (result->abandon_version().committed()) {
    g.known = Known::kCommitted;
  } else {
    if (g.known == Known::kCommitted) return "a committed version was abandoned";
    g.known = Known::kAbandoned;
    g.told_abandoned = true;
  }
  return "";
}

void World::SendRenewal(size_t gateway) {
  Gateway& g = gateways[gateway];
  v1::RenewSessionCommand renewal;
  renewal.set_session(Session(gateway));
  renewal.set_number(g.next_number++);
  renewal.set_decided_below(g.started ? 2 : 1);
  if (g.started && g.known == Known::kNothing) renewal.add_open(1);
  renewal.set_horizon(g.last_seen);
  if (gateway + 1 == gateways.size() && reading != Reading::kIdle) {
    if (read_pinned) {
      *renewal.add_pins() = ToProto(Version(read_version));
    } else {
      renewal.set_horizon(read_seen);
    }
  }
  g.renewals.push_back(std::move(renewal));
}

void World::DeliverRenewal(size_t gateway, size_t which) {
  Gateway& g = gateways[gateway];
  v1::Command command;
  *command.mutable_renew_session() = g.renewals[which];
  g.renewals.erase(g.renewals.begin() + static_cast<std::ptrdiff_t>(which));
  if (Run(command).ok()) g.last_seen = head;
}

void World::CloseExpired(size_t gateway) {
  v1::Command command = testing::CloseSession(Session(gateway));
  command.mutable_close_session()->set_expired_at_number(*gateways[gateway].expiring);
  gateways[gateway].expiring.reset();
  Must(Run(command));
}

void World::Offer(size_t version) {
  Must(Run(testing::OfferVersion(kNode, Version(version), kSize)));
}

void World::DeleteObject() {
  delete_left = false;
  const size_t gateway = gateways.size() - 1;
  const auto result = Run(testing::DeleteObject({Session(gateway), 2}, "bucket", kKey));
  if (result.ok()) gateways[gateway].last_seen = head;
}

void World::CloseOperation() {
  operation_closed = true;
  v1::Command command;
  command.mutable_renew_session()->set_session(kClientSession);
  command.mutable_renew_session()->set_number(1);
  command.mutable_renew_session()->set_operations_below(2);
  Must(Run(command));
}

void World::DeleteAtNode() {
  const int number = NumberOf(collecting->version());
  TREBOL_CHECK(number >= 0);
  Stored& stored = node[static_cast<size_t>(number)];
  stored.present = false;
  stored.tombstone = true;
  collected = true;
}

void World::FinishGarbage() {
  v1::Command command;
  auto& entry = *command.mutable_finish_garbage()->add_entries();
  entry.set_index(collecting->made_at());
  *entry.mutable_version() = collecting->version();
  Must(Run(command));
  collecting.reset();
  collected = false;
}

std::string World::Check() const {
  if (effects > 1) return "one operation took effect twice";
  const int referenced = Referenced();
  if (referenced >= 0 && !node[static_cast<size_t>(referenced)].present) {
    return absl::StrCat("the object names version ", referenced, ", which the node does not have");
  }
  if (reading == Reading::kLookedUp && read_version >= 0 &&
      !node[static_cast<size_t>(read_version)].present && SessionOpen(gateways.size() - 1)) {
    return absl::StrCat("version ", read_version,
                        " is gone while a reader of an open session reads");
  }
  return "";
}

World::Standings World::Judge() const {
  const std::vector<VersionId> versions = {Version(0), Version(1), Version(2)};
  const auto standings = catalog::JudgeVersions(rows, kModelGeneration, versions);
  TREBOL_CHECK(standings.ok());
  return *standings;
}

std::string World::CheckOrphans(const Standings& before) const {
  using catalog::Standing;
  const Standings is = Judge();
  for (size_t version = 0; version < is.size(); ++version) {
    const Standing now = is[version];
    if (before[version] == Standing::kOrphan && now != Standing::kOrphan &&
        now != Standing::kGarbage) {
      return absl::StrCat("version ", version, " was an orphan, and is none any more");
    }
    if (now != Standing::kOrphan) continue;
    const int number = static_cast<int>(version);
    const bool read = reading == Reading::kLookedUp && read_version == number;
    if (Referenced() == number || (read && SessionOpen(gateways.size() - 1))) {
      return absl::StrCat("version ", version, " is wanted, and judged an orphan");
    }
  }
  return "";
}

std::string World::CheckDrained() const {
  World drained = *this;
  if (drained.collecting.has_value()) {
    drained.DeleteAtNode();
    drained.FinishGarbage();
  }
  for (size_t gateway = 0; gateway < gateways.size(); ++gateway) {
    Must(drained.Run(testing::CloseSession(Session(gateway))));
    drained.gateways[gateway].node_knows_closed = true;
  }
  for (size_t version = 1; version <= gateways.size(); ++version) {
    // What its gateway reported as decided, a node does not offer.
    if (gateways[version - 1].known != Known::kNothing) continue;
    if (drained.node[version].present) drained.Offer(version);
  }
  while (true) {
    const auto collectable = drained.Collectable();
    if (collectable.empty()) break;
    drained.collecting = collectable.front();
    drained.DeleteAtNode();
    drained.FinishGarbage();
  }
  for (size_t gateway = 0; gateway < gateways.size(); ++gateway) {
    while (drained.gateways[gateway].puts > 0) drained.DeliverPut(gateway);
  }
  if (const std::string broken = drained.Check(); !broken.empty()) return broken;
  const int referenced = drained.Referenced();
  for (int version = 0; version < static_cast<int>(kVersions); ++version) {
    if (drained.node[static_cast<size_t>(version)].present && version != referenced) {
      return absl::StrCat("version ", version, " is left on the node for ever");
    }
  }
  const auto totals = catalog::GetCluster(drained.rows);
  TREBOL_CHECK(totals.ok());
  if (totals->garbage_versions() != 0 || totals->garbage_bytes() != 0) {
    return absl::StrCat("after everything was collected, ", totals->garbage_bytes(),
                        " bytes of garbage are still counted");
  }
  if (totals->objects() != (referenced >= 0 ? 1u : 0u)) return "the count of objects is wrong";
  return "";
}

}  // namespace trebol::simulation
