#include "metadata/cluster/garbage_collector.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "common/base/proto_ids.h"
#include "common/cluster/placement.h"
#include "common/object/part_set.h"
#include "gtest/gtest.h"
#include "metadata/cluster/garbage_targets.h"
#include "metadata/cluster/table_maker.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

constexpr uint64_t kSession = 7;

class GarbageCollectorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Catalog::Options options;
    options.directory = directory_.path();
    options.clock = &clock_;
    options.constants.set_partitions(64);
    options.constants.set_initial_nodes(4);
    catalog_ = *Catalog::Open(options);
    ASSERT_TRUE(catalog_->BeginTerm().ok());
    for (uint64_t node = 1; node <= 4; ++node) Run(testing::RegisterNode(node));
    v1::Command install;
    *install.mutable_install_map() =
        **TableMaker(PlanFirstTable).Propose(*catalog_->Map(), AllNodes());
    Run(install);
    map_ = *ClusterMap::FromProto(*catalog_->Map());
    Run(testing::OpenSession(kSession));
    Run(testing::CreateBucket({kSession, 1}, "bucket"));
    seen_ = MakeCollector(GarbageKind::kSeen);
    unseen_ = MakeCollector(GarbageKind::kUnseen);
    up_ = AllNodes();
  }
  static absl::flat_hash_set<NodeId> AllNodes() {
    return {NodeId(1), NodeId(2), NodeId(3), NodeId(4)};
  }
  std::unique_ptr<GarbageCollector> MakeCollector(GarbageKind kind) {
    GarbageCollector::Options small;
    small.batch = 3;
    return std::make_unique<GarbageCollector>(
        catalog_.get(), kind,
        [this](NodeId node, const std::vector<VersionId>& versions, Epoch epoch) {
          EXPECT_EQ(epoch, map_->epoch());
          EXPECT_LE(versions.size(), 3u);
          ++calls_[node];
          if (failing_.contains(node)) return absl::UnavailableError("planned");
          deleted_[node].insert(versions.begin(), versions.end());
          return absl::OkStatus();
        },
        small);
  }
  v1::Outcome Run(const v1::Command& command) {
    const auto result = catalog_->Submit(command);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->outcome : v1::Outcome();
  }
  VersionId Version(uint64_t sequence) {
    return {catalog_->identity().generation, SessionId(kSession), sequence};
  }
  VersionId Abandon(uint64_t sequence, uint64_t chunks = 1) {
    Run(testing::AbandonVersion(Version(sequence), chunks, chunks * 1024));
    return Version(sequence);
  }
  // An object that was, and that a reader may have looked up.
  VersionId Delete(uint64_t sequence, uint64_t chunks = 1) {
    Run(testing::PutObject({kSession, 2 * sequence}, "bucket", "key", Version(sequence),
                           chunks * 1024));
    Run(testing::DeleteObject({kSession, 2 * sequence + 1}, "bucket", "key"));
    return Version(sequence);
  }
  // Every read has ended.
  void Renew(std::vector<VersionId> pins = {}) {
    v1::Command command =
        testing::RenewSession(kSession, ++renewal_, 0, {}, 0, {}, catalog_->head().index());
    for (const VersionId& pin : pins) {
      *command.mutable_renew_session()->add_pins() = ToProto(pin);
    }
    Run(command);
  }
  void Tick() {
    clock_.Advance(absl::Seconds(1));
    for (const auto& collector : {seen_.get(), unseen_.get()}) {
      const absl::Status status = collector->Tick(clock_.Now(), map_, up_);
      EXPECT_TRUE(status.ok()) << status;
    }
  }
  uint64_t Left() { return catalog_->Cluster()->garbage_versions(); }

  testing::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<Catalog> catalog_;
  std::shared_ptr<const ClusterMap> map_;
  std::unique_ptr<GarbageCollector> seen_;
  std::unique_ptr<GarbageCollector> unseen_;
  uint64_t renewal_ = 0;
  absl::flat_hash_set<NodeId> up_;
  std::set<NodeId> failing_;
  std::map<NodeId, int> calls_;
  std::map<NodeId, std::set<VersionId>> deleted_;
};

TEST_F(GarbageCollectorTest, DeletesOnTheNodesThatMayHoldIt) {
  const VersionId version = Delete(1);
  Renew();
  Tick();
  EXPECT_EQ(Left(), 0u);
  const ReplicaSet& set = map_->Replicas(map_->PartitionOf({version, 0}));
  ASSERT_EQ(set.serving.size(), 3u);
  for (const NodeId node : set.serving) EXPECT_TRUE(deleted_[node].contains(version));
  size_t asked = 0;
  for (const auto& [node, versions] : deleted_) asked += versions.size();
  EXPECT_EQ(asked, 3u);
}

TEST_F(GarbageCollectorTest, AsksEveryNodeForAnUnknownExtent) {
  Run(testing::OpenSession(8));
  Run(testing::CloseSession(8));
  const VersionId version{catalog_->identity().generation, SessionId(8), 1};
  Run(testing::OfferVersion(2, version, 100));
  Renew();
  Tick();
  EXPECT_EQ(Left(), 0u);
  for (uint64_t node = 1; node <= 4; ++node) {
    EXPECT_TRUE(deleted_[NodeId(node)].contains(version));
  }
}

TEST_F(GarbageCollectorTest, WaitsForNobodyWhereNothingCouldBeRead) {
  Renew();
  const VersionId read = Delete(1);
  Abandon(2);
  Run(testing::OpenSession(8));
  Run(testing::CloseSession(8));
  Run(testing::OfferVersion(2, {catalog_->identity().generation, SessionId(8), 1}, 100));
  Tick();
  EXPECT_EQ(Left(), 1u);
  for (const auto& [node, versions] : deleted_) EXPECT_FALSE(versions.contains(read));
  Renew();
  Tick();
  EXPECT_EQ(Left(), 0u);
}

TEST_F(GarbageCollectorTest, WaitsForTheReadersHorizon) {
  Renew();
  Delete(1);
  Tick();
  EXPECT_EQ(Left(), 1u);
  EXPECT_TRUE(deleted_.empty());
  Renew();
  Tick();
  EXPECT_EQ(Left(), 0u);
}

TEST_F(GarbageCollectorTest, KeepsWhatIsPinnedAndOnlyThat) {
  const VersionId pinned = Delete(1);
  Delete(2);
  Renew({pinned});
  Tick();
  Tick();
  EXPECT_EQ(Left(), 1u);
  for (const auto& [node, versions] : deleted_) EXPECT_FALSE(versions.contains(pinned));
  Renew();
  Tick();
  EXPECT_EQ(Left(), 0u);
}

TEST_F(GarbageCollectorTest, KeepsThePartsOfAPinnedUpload) {
  // A reader asks for the parts page by page, and pins the upload, not each part.
  constexpr uint64_t kUpload = 10;
  const auto prepare = [this](uint64_t counter, auto* command) {
    command->mutable_operation()->set_session(kSession);
    command->mutable_operation()->set_counter(counter);
    command->set_bucket("bucket");
    command->set_key("key");
    *command->mutable_upload() = ToProto(Version(kUpload));
  };
  v1::Command create;
  prepare(100, create.mutable_create_upload());
  Run(create);
  v1::Command complete;
  prepare(103, complete.mutable_complete_upload());
  v1::Manifest& manifest = *complete.mutable_complete_upload()->mutable_manifest();
  manifest = testing::PutObject({}, "", "", Version(kUpload), 2 * 1024).put_object().manifest();
  for (const uint32_t number : {1u, 2u}) {
    v1::Command part;
    prepare(100 + number, part.mutable_put_part());
    part.mutable_put_part()->set_number(number);
    *part.mutable_put_part()->mutable_manifest() =
        testing::PutObject({}, "", "", Version(kUpload + number), 1024).put_object().manifest();
    Run(part);
    AddPart(number, manifest.mutable_parts());
  }
  complete.mutable_complete_upload()->set_revision(3);
  ASSERT_TRUE(Run(complete).has_object());
  Run(testing::DeleteObject({kSession, 104}, "bucket", "key"));
  v1::ReadPartsRequest parts;
  *parts.mutable_upload() = ToProto(Version(kUpload));
  parts.set_listed(manifest.parts());
  parts.set_limit(10);

  Renew({Version(kUpload)});
  for (int i = 0; i < 3; ++i) Tick();
  EXPECT_TRUE(deleted_.empty());
  EXPECT_EQ(catalog_->ReadParts(parts)->parts_size(), 2);
  for (int i = 0; i < 3; ++i) {
    Renew();
    Tick();
  }
  EXPECT_EQ(Left(), 0u);
  std::set<VersionId> gone;
  for (const auto& [node, versions] : deleted_) gone.insert(versions.begin(), versions.end());
  EXPECT_EQ(gone, (std::set<VersionId>{Version(kUpload + 1), Version(kUpload + 2)}));
}

TEST_F(GarbageCollectorTest, NodeThatIsAwayHoldsNothingBackOnTheOthers) {
  failing_.insert(NodeId(1));
  for (uint64_t i = 1; i <= 40; ++i) Delete(i);
  Renew();
  Tick();
  // What the other nodes hold is gone there, and rows that are not for node 1 are finished.
  const uint64_t left = Left();
  EXPECT_GT(left, 0u);
  EXPECT_LT(left, 40u);
  size_t asked = 0;
  for (const auto& [node, versions] : deleted_) asked += versions.size();
  EXPECT_EQ(asked, 3 * 40 - left);
  EXPECT_EQ(calls_[NodeId(1)], 1) << "one call until the backoff has passed";

  failing_.clear();
  Tick();
  Tick();
  EXPECT_EQ(Left(), 0u);
  EXPECT_EQ(deleted_[NodeId(1)].size(), left);
}

TEST_F(GarbageCollectorTest, BacksOffFromANodeThatFails) {
  failing_.insert(NodeId(1));
  Run(testing::OpenSession(8));
  Run(testing::CloseSession(8));
  Run(testing::OfferVersion(2, {catalog_->identity().generation, SessionId(8), 1}, 100));
  Renew();
  for (int i = 0; i < 100; ++i) Tick();
  EXPECT_LE(calls_[NodeId(1)], 8);
  EXPECT_GE(calls_[NodeId(1)], 5);
  EXPECT_EQ(calls_[NodeId(2)], 1);
  EXPECT_EQ(Left(), 1u);
}

TEST_F(GarbageCollectorTest, ANodeThatComesBackIsAskedAtOnce) {
  failing_.insert(NodeId(1));
  Run(testing::OpenSession(8));
  Run(testing::CloseSession(8));
  Run(testing::OfferVersion(2, {catalog_->identity().generation, SessionId(8), 1}, 100));
  for (int i = 0; i < 100; ++i) Tick();
  up_.erase(NodeId(1));
  Tick();
  ASSERT_EQ(Left(), 1u);
  failing_.clear();
  up_.insert(NodeId(1));
  Tick();
  EXPECT_EQ(Left(), 0u);
}

TEST_F(GarbageCollectorTest, DoesNotAskNodesThatAreDown) {
  up_.erase(NodeId(1));
  Run(testing::OpenSession(8));
  Run(testing::CloseSession(8));
  Run(testing::OfferVersion(2, {catalog_->identity().generation, SessionId(8), 1}, 100));
  Renew();
  Tick();
  EXPECT_EQ(calls_.count(NodeId(1)), 0u);
  EXPECT_EQ(Left(), 1u) << "finished without a node that is away";
  up_.insert(NodeId(1));
  Tick();
  EXPECT_EQ(Left(), 0u);
}

TEST_F(GarbageCollectorTest, AsksNewNodesTooAndTheOthersNotAgain) {
  up_.erase(NodeId(1));
  Run(testing::OpenSession(8));
  Run(testing::CloseSession(8));
  Run(testing::OfferVersion(2, {catalog_->identity().generation, SessionId(8), 1}, 100));
  Renew();
  Tick();
  Run(testing::RegisterNode(5));  // a fifth node: it may hold some, too
  map_ = *ClusterMap::FromProto(*catalog_->Map());
  up_.insert(NodeId(1));
  Tick();
  EXPECT_EQ(Left(), 1u);
  EXPECT_EQ(calls_[NodeId(2)], 1);
  up_.insert(NodeId(5));
  Tick();
  EXPECT_EQ(Left(), 0u);
}

TEST_F(GarbageCollectorTest, BeginsAnewForWhomAPartitionNewlyNames) {
  v1::ClusterMap proto = map_->proto();
  const auto changed = [&proto] { return *ClusterMap::FromProto(proto); };
  proto.set_epoch(proto.epoch() + 1);
  proto.mutable_nodes(0)->set_down(true);
  EXPECT_TRUE(NewTargets(*map_, *changed()).empty());
  v1::PartitionEntry& entry = *proto.mutable_partitions(3);
  entry.set_epoch(proto.epoch());
  NodeId other;
  for (const v1::ClusterNode& node : proto.nodes()) {
    if (std::ranges::count(entry.serving(), node.id()) == 0) other = NodeId(node.id());
  }
  entry.add_leaving(entry.serving(0));
  entry.set_serving(0, entry.serving(2));
  entry.mutable_serving()->RemoveLast();
  entry.add_incoming(other.value);
  const auto moving = changed();
  EXPECT_EQ(NewTargets(*map_, *moving), absl::flat_hash_set<NodeId>{other});
  // It serves, and the leaving one has gone: nothing new for anybody.
  proto.set_epoch(proto.epoch() + 1);
  entry.set_epoch(proto.epoch());
  entry.add_serving(other.value);
  entry.clear_incoming();
  entry.clear_leaving();
  EXPECT_TRUE(NewTargets(*moving, *changed()).empty());
}

TEST_F(GarbageCollectorTest, TargetsAllNodesOfALargeVersion) {
  v1::GarbageRow row;
  *row.mutable_version() = ToProto(Version(1));
  row.set_chunks(100'000);
  EXPECT_EQ(GarbageTargets(row, *map_).size(), 4u);
  row.set_chunks(1);
  EXPECT_EQ(GarbageTargets(row, *map_).size(), 3u);
}

TEST_F(GarbageCollectorTest, TargetsNoNodeThatIsOut) {
  v1::GarbageRow row;
  *row.mutable_version() = ToProto(Version(1));
  row.set_chunks(1);
  const NodeId member = *GarbageTargets(row, *map_).begin();
  v1::ClusterMap proto = map_->proto();
  for (v1::ClusterNode& node : *proto.mutable_nodes()) {
    if (NodeId(node.id()) == member) node.set_state(v1::ClusterNode::OUT);
  }
  const auto map = *ClusterMap::FromProto(proto);
  EXPECT_EQ(GarbageTargets(row, *map).size(), 2u);
  row.set_unknown_extent(true);
  EXPECT_EQ(GarbageTargets(row, *map).size(), 3u);
}

}  // namespace
}  // namespace trebol
