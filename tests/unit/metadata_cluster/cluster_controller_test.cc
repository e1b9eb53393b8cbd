#include "metadata/cluster/cluster_controller.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/cluster/placement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class ClusterControllerTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }
  void TearDown() override { Stop(); }

  void Stop() {
    controller_.reset();
    catalog_.reset();
  }
  void Start() {
    Stop();
    Catalog::Options options;
    options.directory = directory_.path();
    options.clock = &clock_;
    options.constants.set_partitions(16);
    auto catalog = Catalog::Open(options);
    ASSERT_TRUE(catalog.ok()) << catalog.status();
    catalog_ = *std::move(catalog);
    auto controller = ClusterController::Create(
        catalog_.get(), &clock_,
        [this](NodeId node, const std::vector<VersionId>& versions, Epoch) {
          deleted_[node].insert(versions.begin(), versions.end());
          return absl::OkStatus();
        },
        PlanFirstTable, controller_options_,
        {.stat_chunks = [this](NodeId, absl::Span<const ChunkId> chunks)
             -> absl::StatusOr<std::vector<ChunkAudit::Answer>> {
           stats_ += chunks.size();
           return std::vector<ChunkAudit::Answer>(chunks.size(), v1::StatChunkResponse::ABSENT);
         },
         .list_versions = [this](NodeId, const VersionId&,
                                 size_t) -> absl::StatusOr<OrphanAudit::Page> {
           ++lists_;
           return OrphanAudit::Page{.incarnation = 1};
         }});
    ASSERT_TRUE(controller.ok()) << controller.status();
    controller_ = *std::move(controller);
  }
  absl::StatusOr<v1::RegisterNodeResponse> Register(uint64_t node, uint64_t incarnation = 1) {
    v1::RegisterNodeRequest request = testing::RegisterNode(node).register_node().request();
    request.set_incarnation(incarnation);
    if (seen_.contains(node)) {
      request.set_cluster_id(catalog_->identity().cluster_id);
      request.set_generation(catalog_->identity().generation.value);
      *request.mutable_lineage() = seen_[node];
    }
    return controller_->RegisterNode(request);
  }
  absl::StatusOr<v1::HeartbeatResponse> Beat(uint64_t node, std::vector<uint64_t> settled = {}) {
    v1::HeartbeatRequest request;
    request.set_node_id(node);
    request.set_incarnation(1);
    *request.mutable_lineage() = seen_[node];
    request.set_synced_position(1000);
    for (const uint64_t session : settled) request.add_settled_sessions(session);
    auto response = controller_->Heartbeat(request);
    if (response.ok()) seen_[node] = response->head();
    return response;
  }
  void JoinAll() {
    for (uint64_t node = 1; node <= 3; ++node) {
      ASSERT_TRUE(Register(node).ok());
      ASSERT_TRUE(Beat(node).ok());
    }
  }
  void Tick() {
    clock_.Advance(absl::Seconds(1));
    const absl::Status ticked = controller_->Tick();
    EXPECT_TRUE(ticked.ok()) << ticked;
    const absl::Status collected = controller_->Collect();
    EXPECT_TRUE(collected.ok()) << collected;
  }
  v1::Outcome Run(const v1::Command& command) {
    const auto result = catalog_->Submit(command);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->outcome : v1::Outcome();
  }
  std::string Reasons() { return absl::StrJoin(controller_->GetClusterStatus()->reasons(), "\n"); }

  testing::TemporaryDirectory directory_;
  ManualClock clock_;
  ClusterController::Options controller_options_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ClusterController> controller_;
  std::map<uint64_t, v1::LogPosition> seen_;  // by node: what it remembers
  std::map<NodeId, std::set<VersionId>> deleted_;
  size_t stats_ = 0;  // chunks that the audit asked for
  size_t lists_ = 0;
};

TEST_F(ClusterControllerTest, ServesAtOnceWithoutNodes) {
  EXPECT_TRUE(controller_->Ready().ok());
  EXPECT_EQ(controller_->GetClusterStatus()->health(), v1::ClusterStatus::FORMING);
}

TEST_F(ClusterControllerTest, AuditsWithThoseThatItHears) {
  JoinAll();
  Tick();
  const auto audit = [&] {
    controller_->chunk_audit().StartPass();
    controller_->orphan_audit().StartRun();
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(controller_->Audit().ok());
    return controller_->chunk_audit().report(clock_.Now());
  };
  const auto beat_all = [&] {
    for (uint64_t node = 1; node <= 3; ++node) {
      v1::HeartbeatRequest request;
      request.set_node_id(node);
      request.set_incarnation(1);
      request.set_map_epoch(catalog_->Map()->epoch());
      *request.mutable_lineage() = seen_[node];
      ASSERT_TRUE(controller_->Heartbeat(request).ok());
    }
  };
  Run(testing::OpenSession(7));
  Run(testing::CreateBucket({7, 1}, "bucket"));
  Run(testing::PutObject({7, 2}, "bucket", "key",
                         {catalog_->identity().generation, SessionId(7), 1}, 1000));
  // They have not said that they know the map.
  auto report = audit();
  EXPECT_EQ(report.passes, 1u);
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(report.last_pass.undecided, 1u);
  EXPECT_EQ(lists_, 3u);
  beat_all();
  EXPECT_EQ(audit().lost, 1u);
  EXPECT_EQ(controller_->Audit().status(), absl::OkStatus());
  EXPECT_THAT(Reasons(), HasSubstr("trebol://bucket/key"));
  EXPECT_EQ(controller_->GetClusterStatus()->health(), v1::ClusterStatus::DEGRADED);
  EXPECT_EQ(lists_, 6u);
  // While collection is frozen no run begins.
  v1::Command freeze;
  freeze.mutable_freeze_collection()->set_frozen(true);
  freeze.mutable_freeze_collection()->set_reason("for a test");
  Run(freeze);
  audit();
  EXPECT_EQ(lists_, 6u);
  EXPECT_THAT(controller_->orphan_audit().report(clock_.Now()).task.problem(),
              HasSubstr("nothing is collected: for a test"));
  // Nobody is heard for a while: nobody is asked.
  clock_.Advance(kHeartbeatTimeout * 2);
  const size_t before = stats_;
  EXPECT_EQ(audit().last_pass.undecided, 1u);
  EXPECT_EQ(stats_, before);
}

TEST_F(ClusterControllerTest, LastOfTheDeclaredNodesFindsItsTable) {
  EXPECT_EQ(Register(1)->map().partitions_size(), 0);
  EXPECT_EQ(Register(2)->map().partitions_size(), 0);
  const auto third = Register(3);
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->map().partitions_size(), 16);
  EXPECT_EQ(third->cluster_id(), catalog_->identity().cluster_id);
  // A later joiner waits.
  const auto fourth = Register(4);
  EXPECT_EQ(fourth->map().nodes(3).state(), v1::ClusterNode::WAITING);
  EXPECT_EQ(fourth->map().partitions_size(), 16);
}

TEST_F(ClusterControllerTest, TheFirstTableNeedsNodesThatAreThere) {
  ASSERT_TRUE(Register(1).ok());
  clock_.Advance(kHeartbeatTimeout + absl::Seconds(1));  // its directory was wiped, say
  ASSERT_TRUE(Register(2).ok());
  EXPECT_EQ(Register(3)->map().partitions_size(), 0);
  EXPECT_THAT(Reasons(), HasSubstr("waiting for 1 more of the 3"));
  const auto fourth = Register(4);
  ASSERT_EQ(fourth->map().partitions_size(), 16);
  for (const v1::PartitionEntry& entry : fourth->map().partitions()) {
    EXPECT_THAT(entry.serving(), UnorderedElementsAre(2, 3, 4));
  }
  EXPECT_EQ(fourth->map().nodes(0).state(), v1::ClusterNode::WAITING);
}

TEST_F(ClusterControllerTest, TellsHeadAndEpochWithHeartbeats) {
  JoinAll();
  const auto response = Beat(1);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->head().index(), catalog_->head().index());
  v1::GetClusterMapRequest request;
  const auto map = controller_->GetClusterMap(request);
  EXPECT_EQ(map->epoch(), response->map_epoch());
  request.set_known_epoch(map->epoch());
  EXPECT_FALSE(controller_->GetClusterMap(request)->has_map());
  EXPECT_EQ(ReasonOf(Beat(99).status()), v1::NOT_REGISTERED);
}

TEST_F(ClusterControllerTest, IsHealthyWhileAllBeat) {
  JoinAll();
  EXPECT_EQ(controller_->GetClusterStatus()->health(), v1::ClusterStatus::HEALTHY) << Reasons();
  clock_.Advance(kHeartbeatTimeout + absl::Seconds(1));
  ASSERT_TRUE(Beat(1).ok());
  ASSERT_TRUE(Beat(2).ok());
  EXPECT_EQ(controller_->GetClusterStatus()->health(), v1::ClusterStatus::DEGRADED);
}

TEST_F(ClusterControllerTest, AfterARestartWaitsForItsNodes) {
  JoinAll();
  Start();
  EXPECT_EQ(ReasonOf(controller_->Ready()), v1::NOT_READY);
  EXPECT_EQ(ReasonOf(catalog_->Submit(testing::OpenSession(1)).status()), v1::NOT_READY);
  EXPECT_THAT(Reasons(), HasSubstr("waits to hear from 3 of 3"));
  EXPECT_EQ(ReasonOf(Beat(1).status()), v1::NOT_READY);
  EXPECT_EQ(ReasonOf(Register(2, 2).status()), v1::NOT_READY);  // it restarted, too
  EXPECT_TRUE(Beat(3).ok());
  EXPECT_TRUE(controller_->Ready().ok());
  EXPECT_TRUE(Register(2, 2).ok());
}

TEST_F(ClusterControllerTest, HearsANodeThatDiedBeforeItLearnedItsCluster) {
  // Metadata has both; of the second, the answer to its registration was lost with the power.
  const auto first = Register(1);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Beat(1).ok());
  ASSERT_TRUE(Register(2).ok());
  Start();
  EXPECT_EQ(ReasonOf(Register(1, 2).status()), v1::NOT_READY);
  ASSERT_FALSE(seen_.contains(2));
  const auto again = Register(2, 2);
  EXPECT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(controller_->Ready().ok());
}

TEST_F(ClusterControllerTest, DoesNotHearAnEmptyDiskUnderAKnownNodesName) {
  JoinAll();
  Start();
  ASSERT_EQ(ReasonOf(Register(1, 2).status()), v1::NOT_READY);
  ASSERT_EQ(ReasonOf(Register(2, 2).status()), v1::NOT_READY);
  v1::RegisterNodeRequest request = testing::RegisterNode(3).register_node().request();
  request.set_disk_id(request.disk_id() + 1);
  request.set_incarnation(2);
  EXPECT_FALSE(controller_->RegisterNode(request).ok());
  EXPECT_EQ(ReasonOf(controller_->Ready()), v1::NOT_READY);
}

TEST_F(ClusterControllerTest, ServesWithoutOneNodeAfterAWhileButCollectsNothing) {
  JoinAll();
  Run(testing::OpenSession(7));
  Run(testing::AbandonVersion({catalog_->identity().generation, SessionId(7), 1}, 1, 10));
  Run(testing::CloseSession(7));
  Start();
  for (int i = 0; i < 31; ++i) {
    clock_.Advance(absl::Seconds(1));
    Beat(1).IgnoreError();
    Beat(2).IgnoreError();
    controller_->Tick().IgnoreError();
  }
  EXPECT_TRUE(controller_->Ready().ok());
  Tick();
  EXPECT_TRUE(deleted_.empty());
  EXPECT_TRUE(controller_->GetClusterStatus()->collection_frozen());
  EXPECT_THAT(Reasons(), HasSubstr("garbage is kept until every node was heard"));
  ASSERT_TRUE(Beat(3).ok());
  Tick();
  EXPECT_FALSE(deleted_.empty());
  EXPECT_EQ(controller_->GetClusterStatus()->garbage_versions(), 0u);
}

TEST_F(ClusterControllerTest, ServesNothingWhenANodeSawMoreThanItsLogHas) {
  JoinAll();
  Start();
  seen_[2].set_index(seen_[2].index() + 100);
  EXPECT_EQ(ReasonOf(Beat(2).status()), v1::LINEAGE_MISSING);
  Beat(1).IgnoreError();
  Beat(3).IgnoreError();
  for (int i = 0; i < 40; ++i) {
    clock_.Advance(absl::Seconds(1));
    controller_->Tick().IgnoreError();
  }
  EXPECT_EQ(ReasonOf(controller_->Ready()), v1::LINEAGE_MISSING);
  EXPECT_THAT(Reasons(), HasSubstr("older copy"));
}

TEST_F(ClusterControllerTest, FreezesCollectionForGoodWhenANodeBringsMoreLater) {
  JoinAll();
  seen_[2].set_term(seen_[2].term() + 1);
  EXPECT_TRUE(Beat(2).ok());
  Tick();
  EXPECT_TRUE(catalog_->Cluster()->collection_frozen());
  EXPECT_THAT(Reasons(), HasSubstr("garbage is not collected"));
}

TEST_F(ClusterControllerTest, ResumesCollectionOnlyWhenNobodyKnowsMore) {
  JoinAll();
  Run(testing::OpenSession(7));
  Run(testing::AbandonVersion({catalog_->identity().generation, SessionId(7), 1}, 1, 10));
  const v1::LogPosition known = seen_[2];
  seen_[2].set_term(known.term() + 1);
  ASSERT_TRUE(Beat(2).ok());
  Tick();
  ASSERT_TRUE(catalog_->Cluster()->collection_frozen());
  controller_options_.resume_collection = true;

  // A node still knows more: the operator's word is not enough.
  Start();
  controller_options_.gate.accept_missing_history = true;
  seen_[2].set_term(known.term() + 1);
  for (uint64_t node = 1; node <= 3; ++node) Beat(node).IgnoreError();
  EXPECT_EQ(ReasonOf(controller_->Tick()), v1::LINEAGE_MISSING);
  EXPECT_THAT(Reasons(), HasSubstr("--resume-collection was given, but"));

  Start();
  seen_[2].set_term(known.term() + 1);
  for (uint64_t node = 1; node <= 3; ++node) Beat(node).IgnoreError();
  for (int i = 0; i < 3; ++i) {
    Tick();
    EXPECT_TRUE(catalog_->Cluster()->collection_frozen());
  }
  EXPECT_TRUE(deleted_.empty());

  seen_[2] = known;
  Start();
  for (uint64_t node = 1; node <= 3; ++node) Beat(node).IgnoreError();
  Tick();
  EXPECT_FALSE(catalog_->Cluster()->collection_frozen());
  EXPECT_FALSE(deleted_.empty());
  // Once: what comes up later freezes it again.
  seen_[1].set_term(known.term() + 1);
  ASSERT_TRUE(Beat(1).ok());
  Tick();
  Tick();
  EXPECT_TRUE(catalog_->Cluster()->collection_frozen());
}

TEST_F(ClusterControllerTest, CollectsWithoutANodeThatIsGoneForGood) {
  JoinAll();
  Run(testing::OpenSession(7));
  // Of a known extent: its partition names node 3.
  Run(testing::AbandonVersion({catalog_->identity().generation, SessionId(7), 1}, 1, 10));
  Run(testing::CloseSession(7));
  controller_options_.nodes_out = {NodeId(3)};
  Start();
  const auto beat_and_tick = [this](std::vector<uint64_t> nodes) {
    clock_.Advance(absl::Seconds(1));
    for (const uint64_t node : nodes) Beat(node, {7}).IgnoreError();
    controller_->Tick().IgnoreError();
    controller_->Collect().IgnoreError();
  };
  for (int i = 0; i < 5; ++i) beat_and_tick({1, 2});
  EXPECT_EQ(ReasonOf(controller_->Ready()), v1::NOT_READY) << "it may still come";
  for (int i = 0; i < 30; ++i) beat_and_tick({1, 2});
  EXPECT_TRUE(controller_->Ready().ok());
  EXPECT_EQ(controller_->GetClusterStatus()->nodes(2).node().state(), v1::ClusterNode::OUT);
  EXPECT_EQ(controller_->GetClusterStatus()->garbage_versions(), 0u);
  EXPECT_FALSE(deleted_.contains(NodeId(3)));
  EXPECT_THAT(*catalog_->UnsettledSessions(), ::testing::IsEmpty());

  // The next start waits for the others only.
  controller_options_.nodes_out.clear();
  Start();
  for (uint64_t node = 1; node <= 2; ++node) Beat(node).IgnoreError();
  EXPECT_TRUE(controller_->Ready().ok());
  // It comes back all the same: shown, and still out.
  const auto back = Register(3, 2);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->map().nodes(2).state(), v1::ClusterNode::OUT);
  // Nothing is expected of it any more.
  EXPECT_EQ(catalog_->Map()->partitions(0).serving_size(), 2);
}

TEST_F(ClusterControllerTest, ANodeThatComesBackOutOfDateStillStopsCollection) {
  JoinAll();
  controller_options_.nodes_out = {NodeId(3)};
  Start();
  clock_.Advance(LineageGate::kGateTimeout);
  for (uint64_t node = 1; node <= 2; ++node) Beat(node).IgnoreError();
  Tick();
  seen_[3].set_index(seen_[3].index() + 1000);
  ASSERT_TRUE(Register(3, 2).ok());
  Tick();
  EXPECT_TRUE(catalog_->Cluster()->collection_frozen());
}

TEST_F(ClusterControllerTest, SetsNoNodeOutThatLivesOrThatNobodyKnows) {
  JoinAll();
  controller_options_.nodes_out = {NodeId(3)};
  Start();
  for (uint64_t node = 1; node <= 3; ++node) Beat(node).IgnoreError();
  for (int i = 0; i < 35; ++i) Tick();
  EXPECT_EQ(catalog_->Map()->nodes(2).state(), v1::ClusterNode::ACTIVE);
  EXPECT_THAT(Reasons(), HasSubstr("--node-out 0000000000000003 was not done"));

  controller_.reset();
  controller_options_.nodes_out = {NodeId(4)};
  catalog_.reset();
  Catalog::Options options;
  options.directory = directory_.path();
  options.clock = &clock_;
  catalog_ = *Catalog::Open(options);
  const auto refused = ClusterController::Create(catalog_.get(), &clock_, nullptr, PlanFirstTable,
                                                 controller_options_);
  EXPECT_EQ(ReasonOf(refused.status()), v1::INVALID_ARGUMENT);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("0000000000000003"));
}

TEST_F(ClusterControllerTest, DoesNotListenToNodesOfOtherClusters) {
  JoinAll();
  v1::RegisterNodeRequest request = testing::RegisterNode(9).register_node().request();
  request.set_cluster_id("another");
  request.mutable_lineage()->set_index(1000);
  EXPECT_EQ(ReasonOf(controller_->RegisterNode(request).status()), v1::WRONG_CLUSTER);
  Tick();
  EXPECT_FALSE(catalog_->Cluster()->collection_frozen());
}

TEST_F(ClusterControllerTest, ExpiresASessionAndCollectsWhatItLeft) {
  JoinAll();
  Run(testing::OpenSession(7));
  for (int i = 0; i < 35; ++i) {
    Tick();
    for (uint64_t node = 1; node <= 3; ++node) ASSERT_TRUE(Beat(node).ok());
  }
  EXPECT_EQ(controller_->GetClusterStatus()->open_sessions(), 0u);
  // Nodes hear of it, offer what they hold, and the collector deletes it.
  const auto told = Beat(1);
  ASSERT_EQ(told->closed_sessions_size(), 1);
  EXPECT_EQ(told->closed_sessions(0), 7u);
  const VersionId version{catalog_->identity().generation, SessionId(7), 1};
  const auto verdicts =
      controller_->OfferVersions(testing::OfferVersion(1, version, 10).offer_versions().offer());
  EXPECT_EQ(verdicts->verdicts(0), v1::OfferVersionsResponse::GARBAGE);
  Tick();
  for (uint64_t node = 1; node <= 3; ++node) {
    EXPECT_TRUE(deleted_[NodeId(node)].contains(version));
  }
  // Who has nothing more to offer is still told: it says so for as long as it is asked.
  for (int i = 0; i < 2; ++i) EXPECT_THAT(Beat(1, {7})->closed_sessions(), ElementsAre(7));
  // Once all have nothing more to offer, nobody is told any more.
  for (uint64_t node = 1; node <= 3; ++node) ASSERT_TRUE(Beat(node, {7}).ok());
  Tick();
  Tick();
  EXPECT_EQ(Beat(1)->closed_sessions_size(), 0);
}

TEST_F(ClusterControllerTest, MarksANodeDownAndUpInTheMap) {
  JoinAll();
  const auto seconds = [this](int count, std::vector<uint64_t> nodes) {
    for (int i = 0; i < count; ++i) {
      Tick();
      for (const uint64_t node : nodes) ASSERT_TRUE(Beat(node).ok());
    }
  };
  seconds(10, {1, 2, 3});
  seconds(10, {1, 3});
  EXPECT_TRUE(catalog_->Map()->nodes(1).down());
  EXPECT_THAT(Reasons(), HasSubstr("node 0000000000000002 (127.0.0.1:10002) has not been heard"));
  EXPECT_THAT(Reasons(), ::testing::Not(HasSubstr("is given up (OUT)")));
  const auto status = controller_->GetClusterStatus();
  EXPECT_EQ(status->nodes(1).liveness(), v1::NodeStatus::DOWN);
  EXPECT_GE(status->nodes(1).down_seconds(), 1);
  seconds(6, {1, 2, 3});
  EXPECT_FALSE(catalog_->Map()->nodes(1).down());
  EXPECT_EQ(controller_->GetClusterStatus()->health(), v1::ClusterStatus::HEALTHY) << Reasons();
}

TEST_F(ClusterControllerTest, TakesANodeInDrainsAnotherAndSaysSo) {
  JoinAll();
  ASSERT_TRUE(Register(4).ok());
  ASSERT_TRUE(Beat(4).ok());
  v1::ApplyNodeChangeRequest add;
  add.mutable_change()->set_verb(v1::NodeChange::ADD);
  add.mutable_change()->add_nodes("127.0.0.1:10004");
  v1::PlanNodeChangeRequest plan;
  *plan.mutable_change() = add.change();
  const uint64_t epoch = catalog_->Map()->epoch();
  const auto planned = controller_->PlanNodeChange(plan);
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_EQ(planned->plan().moved_copies(), 12u);
  EXPECT_EQ(catalog_->Map()->epoch(), epoch) << "planning changes nothing";

  const auto applied = controller_->ApplyNodeChange(add);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->plan().moved_copies(), 12u);
  EXPECT_EQ(catalog_->Map()->nodes(3).state(), v1::ClusterNode::ACTIVE);
  v1::ClusterStatus status = *controller_->GetClusterStatus();
  EXPECT_EQ(status.health(), v1::ClusterStatus::DEGRADED);
  EXPECT_EQ(status.moving_partitions(), 12u);
  EXPECT_EQ(status.nodes(3).incoming_partitions(), 12u);
  EXPECT_THAT(Reasons(), HasSubstr("copies of 12 partitions are on the move, 0 %"));
  const auto again = controller_->ApplyNodeChange(add);
  EXPECT_TRUE(again.ok() && again->plan().changes_nothing());

  // It says that it is complete, and the others that they hold nothing more.
  v1::HeartbeatRequest beat;
  beat.set_incarnation(1);
  *beat.mutable_lineage() = seen_[1];
  for (int i = 0; i < 3; ++i) {
    const v1::ClusterMap map = *catalog_->Map();
    beat.set_map_epoch(map.epoch());
    beat.set_stray_epoch(map.epoch());
    for (uint64_t node = 1; node <= 4; ++node) {
      beat.set_node_id(node);
      beat.clear_complete();
      for (const v1::PartitionEntry& entry : map.partitions()) {
        if (std::ranges::count(entry.incoming(), node) == 0) continue;
        auto& complete = *beat.add_complete();
        complete.set_partition(entry.partition());
        complete.set_epoch(entry.epoch());
      }
      ASSERT_TRUE(controller_->Heartbeat(beat).ok());
    }
    Tick();
  }
  status = *controller_->GetClusterStatus();
  EXPECT_EQ(status.health(), v1::ClusterStatus::HEALTHY) << Reasons();
  EXPECT_EQ(status.nodes(3).partitions(), 12u);

  v1::ApplyNodeChangeRequest drain;
  drain.mutable_change()->set_verb(v1::NodeChange::DRAIN);
  drain.mutable_change()->add_nodes("0000000000000001");
  ASSERT_TRUE(controller_->ApplyNodeChange(drain).ok());
  EXPECT_THAT(Reasons(), HasSubstr("(127.0.0.1:10001) drains: 12 partitions are still"));
  drain.mutable_change()->set_nodes(0, "0000000000000002");
  const auto refused = controller_->ApplyNodeChange(drain);
  EXPECT_EQ(ReasonOf(refused.status()), v1::CHANGE_REFUSED);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("only 2 nodes would be left"));
  drain.mutable_change()->set_nodes(0, "nobody");
  EXPECT_EQ(ReasonOf(controller_->ApplyNodeChange(drain).status()), v1::NODE_NOT_FOUND);
}

TEST_F(ClusterControllerTest, GivesUpANodeThatStaysDownAndItStaysOutWhenItComesBack) {
  controller_options_.keeper.out_after = absl::Seconds(30);
  Start();
  JoinAll();
  ASSERT_TRUE(Register(4).ok());
  ASSERT_TRUE(Beat(4).ok());
  v1::ApplyNodeChangeRequest add;
  add.mutable_change()->set_verb(v1::NodeChange::ADD);
  add.mutable_change()->set_all_waiting(true);
  ASSERT_TRUE(controller_->ApplyNodeChange(add).ok());
  const auto seconds = [this](int count) {
    for (int i = 0; i < count; ++i) {
      Tick();
      for (const uint64_t node : {1, 3, 4}) ASSERT_TRUE(Beat(node).ok());
    }
  };
  seconds(15);
  EXPECT_THAT(Reasons(), HasSubstr("it is given up (OUT), and its copies are made anew"));
  seconds(40);
  EXPECT_EQ(catalog_->Map()->nodes(1).state(), v1::ClusterNode::OUT);
  const v1::ClusterMap map = *catalog_->Map();
  for (const v1::PartitionEntry& entry : map.partitions()) {
    EXPECT_EQ(entry.serving_size() + entry.incoming_size(), 3);
    EXPECT_EQ(std::ranges::count(entry.serving(), 2u), 0);
  }
  EXPECT_THAT(Reasons(), HasSubstr("was down for too long and is OUT"));
  ASSERT_TRUE(Register(2, 2).ok());
  v1::HeartbeatRequest beat;
  beat.set_node_id(2);
  beat.set_incarnation(2);
  ASSERT_TRUE(controller_->Heartbeat(beat).ok());
  EXPECT_EQ(catalog_->Map()->nodes(1).state(), v1::ClusterNode::OUT);
}

TEST_F(ClusterControllerTest, RecordsHowFarNodesAreDurable) {
  JoinAll();
  for (int i = 0; i < 11; ++i) {
    Tick();
    for (uint64_t node = 1; node <= 3; ++node) ASSERT_TRUE(Beat(node).ok());
  }
  const auto nodes = catalog_->Nodes();
  ASSERT_EQ(nodes->size(), 3u);
  for (const v1::NodeRow& row : *nodes) EXPECT_EQ(row.synced_position(), 1000u);
  const uint64_t head = catalog_->head().index();
  for (int i = 0; i < 30; ++i) {
    Tick();
    for (uint64_t node = 1; node <= 3; ++node) ASSERT_TRUE(Beat(node).ok());
  }
  EXPECT_EQ(catalog_->head().index(), head) << "an idle cluster writes nothing";
}

}  // namespace
}  // namespace trebol
