#include "metadata/cluster/chunk_audit.h"

#include <set>

#include "gmock/gmock.h"
#include "metadata/cluster/audit_reasons.h"
#include "tests/unit/metadata_cluster/audited_cluster.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ChunkAuditTest : public AuditedCluster {
 protected:
  void SetUp() override {
    AuditedCluster::SetUp();
    audit_ = Make({.interval = absl::Hours(24), .chunks_per_tick = 4});
  }
  std::unique_ptr<ChunkAudit> Make(ChunkAudit::Options options) {
    return std::make_unique<ChunkAudit>(
        catalog_.get(),
        [this](NodeId node, absl::Span<const ChunkId> chunks)
            -> absl::StatusOr<std::vector<ChunkAudit::Answer>> {
          ++calls_[node];
          EXPECT_LE(chunks.size(), 1'000u);
          if (failing_.contains(node)) return absl::UnavailableError("planned");
          std::vector<ChunkAudit::Answer> answers;
          for (const ChunkId& id : chunks) {
            if (before_answer_) before_answer_(node, id);
            asked_.insert(id);
            const auto says = says_.find(node);
            answers.push_back(held_[node].contains(id) ? State::PRESENT
                              : says == says_.end()    ? State::ABSENT
                                                       : says->second);
          }
          return answers;
        },
        clock_.Now(), options);
  }
  absl::Duration Tick() {
    const auto next = audit_->Tick(clock_.Now(), map_, nodes_);
    EXPECT_TRUE(next.ok()) << next.status();
    return next.ok() ? *next : absl::ZeroDuration();
  }
  // A whole pass, beginning now.
  ChunkAudit::Report Pass() {
    const uint64_t before = report().passes;
    audit_->StartPass();
    for (int i = 0; i < 1'000 && report().passes == before; ++i) {
      Tick();
      clock_.Advance(absl::Milliseconds(100));
    }
    EXPECT_EQ(report().passes, before + 1);
    Tick();  // names are found behind it
    return report();
  }
  ChunkAudit::Report report() { return audit_->report(clock_.Now()); }

  std::unique_ptr<ChunkAudit> audit_;
  std::map<NodeId, State::State> says_;  // of what it has not, instead of ABSENT
  std::set<NodeId> failing_;
  std::map<NodeId, int> calls_;
  std::set<ChunkId> asked_;
  std::function<void(NodeId, const ChunkId&)> before_answer_;
};

TEST_F(ChunkAuditTest, FindsNothingWhereAllIsWell) {
  for (uint64_t i = 1; i <= 10; ++i) Put(i, absl::StrCat("key-", i), 3);
  Run(testing::PutObject({kSession, 500}, "bucket", "empty", Version(50), 0));
  const auto report = Pass();
  EXPECT_EQ(report.last_pass.audited, 30u);
  EXPECT_EQ(report.last_pass.short_of_copies, 0u);
  EXPECT_EQ(report.last_pass.undecided, 0u);
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(asked_.size(), 30u);
  EXPECT_EQ(report.task.passes(), 1u);
  EXPECT_THAT(AuditReasons(report, {}), IsEmpty());
}

TEST_F(ChunkAuditTest, NamesAChunkThatNobodyHas) {
  Put(1, "well");
  const ChunkId id{Put(2, "a/b", 3), 1};
  Lose(id);
  says_[SetOf(id).serving[0]] = State::CORRUPT;
  const auto report = Pass();
  EXPECT_EQ(report.lost, 1u);
  ASSERT_EQ(report.findings.size(), 1u);
  const AuditFinding& finding = report.findings[0];
  EXPECT_EQ(finding.version, id.version);
  EXPECT_EQ(finding.chunk, 1u);
  EXPECT_EQ(finding.offset, 1024u);
  EXPECT_EQ(finding.bytes, 1024u);
  EXPECT_EQ(finding.bucket, "bucket");
  EXPECT_EQ(finding.key, "a/b");
  EXPECT_EQ(finding.why, "absent on 4 nodes, a bad copy on 1 nodes");
  const auto reasons = AuditReasons(report, {});
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_THAT(reasons[0], HasSubstr("chunk 1 (bytes 1024 to 2047)"));
  EXPECT_THAT(reasons[0], HasSubstr("trebol://bucket/a/b"));
}

TEST_F(ChunkAuditTest, ACopyOnAnyNodeIsACopy) {
  const ChunkId id{Put(1, "key"), 0};
  Lose(id);
  held_[Others(id).front()][id] = 1024;
  const auto report = Pass();
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(report.last_pass.undecided, 0u);
  EXPECT_EQ(report.last_pass.short_of_copies, 1u);
}

TEST_F(ChunkAuditTest, FewerCopiesAreCounted) {
  const ChunkId id{Put(1, "key"), 0};
  held_[SetOf(id).serving[1]].erase(id);
  Put(2, "other");
  const auto report = Pass();
  EXPECT_EQ(report.last_pass.short_of_copies, 1u);
  EXPECT_EQ(report.lost, 0u);
}

// Whoever cannot tell may have it.
TEST_F(ChunkAuditTest, NobodyInDoubtIsTakenForOneWithout) {
  const ChunkId id{Put(1, "key"), 0};
  Lose(id);
  const NodeId node = Others(id).front();
  const AuditedNode well = nodes_[node];
  for (const auto& [what, change] : std::vector<std::pair<std::string, std::function<void()>>>{
           {"it answers UNKNOWN", [&] { says_[node] = State::UNKNOWN; }},
           {"it does not answer", [&] { failing_.insert(node); }},
           {"it is not up", [&] { nodes_[node].up = false; }},
           {"it is reconciling", [&] { nodes_[node].reconciling = true; }},
           {"it has an older map",
            [&] { nodes_[node].map_epoch = Epoch(map_->epoch().value - 1); }},
       }) {
    SCOPED_TRACE(what);
    change();
    const auto report = Pass();
    EXPECT_EQ(report.lost, 0u);
    EXPECT_EQ(report.last_pass.undecided, 1u);
    says_.clear();
    failing_.clear();
    nodes_[node] = well;
    clock_.Advance(absl::Minutes(1));  // the backoff of the failed call
  }
  EXPECT_EQ(Pass().lost, 1u);
}

TEST_F(ChunkAuditTest, ANodeThatIsOutIsNotWaitedFor) {
  const ChunkId id{Put(1, "key"), 0};
  Lose(id);
  nodes_.erase(Others(id).front());
  EXPECT_EQ(Pass().lost, 1u);
}

// A copy goes from one node to another while they are asked: it is nowhere when its turn comes.
TEST_F(ChunkAuditTest, ACopyThatMovesMeanwhileIsFound) {
  const ChunkId id{Put(1, "key"), 0};
  const NodeId member = SetOf(id).serving[0];
  const NodeId stray = Others(id).front();
  Lose(id);
  held_[stray][id] = 1024;
  before_answer_ = [&](NodeId node, const ChunkId& asked) {
    if (node != stray || asked != id) return;
    for (const NodeId every : SetOf(id).Members()) held_[every][id] = 1024;
    held_[stray].erase(id);
  };
  const auto report = Pass();
  EXPECT_EQ(report.lost, 0u);
  EXPECT_TRUE(held_[member].contains(id));
}

TEST_F(ChunkAuditTest, WhatIsDeletedMeanwhileIsNotLost) {
  const ChunkId id{Put(1, "key"), 0};
  before_answer_ = [&](NodeId, const ChunkId&) {
    if (!held_[SetOf(id).serving[0]].contains(id)) return;
    Run(testing::DeleteObject({kSession, 2}, "bucket", "key"));
    Lose(id);
  };
  const auto report = Pass();
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(report.last_pass.undecided, 0u);
}

TEST_F(ChunkAuditTest, APartitionThatChangesMeanwhileIsLookedAtAgain) {
  const ChunkId id{Put(1, "key"), 0};
  Lose(id);
  bool changed = false;
  before_answer_ = [&](NodeId, const ChunkId&) {
    if (std::exchange(changed, true)) return;
    v1::Command command;
    v1::ChangeMapCommand& change = *command.mutable_change_map();
    change.set_expected_epoch(map_->epoch().value);
    *change.add_partitions() = ToProto(SetOf(id));
    Run(command);
  };
  auto report = Pass();
  EXPECT_TRUE(changed);
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(report.last_pass.undecided, 1u);
  RefreshMap();
  for (auto& [node, view] : nodes_) view.map_epoch = map_->epoch();
  EXPECT_EQ(Pass().lost, 1u);
}

TEST_F(ChunkAuditTest, AFindingGoesWhenTheChunkIsThereAgain) {
  const ChunkId id{Put(1, "key"), 0};
  Lose(id);
  EXPECT_EQ(Pass().lost, 1u);
  nodes_[SetOf(id).serving[0]].up = false;
  EXPECT_EQ(Pass().lost, 1u) << "nothing new is known";
  nodes_[SetOf(id).serving[0]].up = true;
  held_[SetOf(id).serving[0]][id] = 1024;
  EXPECT_EQ(Pass().lost, 0u);
}

TEST_F(ChunkAuditTest, AFindingGoesSoonAfterItsObject) {
  Lose({Put(1, "key"), 0});
  EXPECT_EQ(Pass().lost, 1u);
  Run(testing::DeleteObject({kSession, 2}, "bucket", "key"));
  clock_.Advance(absl::Minutes(2));
  Tick();
  EXPECT_EQ(report().lost, 0u);
}

TEST_F(ChunkAuditTest, BeginsByItselfAndKeepsItsPace) {
  for (uint64_t i = 1; i <= 10; ++i) Put(i, absl::StrCat("key-", i), 4);
  audit_ = Make({.rate = 8, .chunks_per_tick = 4});
  clock_.Advance(absl::Minutes(9));
  Tick();
  EXPECT_TRUE(asked_.empty());
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(Tick(), absl::Milliseconds(500));
  EXPECT_EQ(asked_.size(), 4u);
  clock_.Advance(absl::Milliseconds(100));
  Tick();
  EXPECT_EQ(asked_.size(), 4u);
  clock_.Advance(absl::Milliseconds(400));
  Tick();
  EXPECT_EQ(asked_.size(), 8u);
  EXPECT_EQ(report().task.state(), v1::BackgroundTask::RUNNING);
  EXPECT_NEAR(report().task.rate(), 16, 1);  // a burst of two ticks in half a second

  audit_->Pause(true);
  clock_.Advance(absl::Hours(1));
  Tick();
  EXPECT_EQ(asked_.size(), 8u);
  EXPECT_EQ(report().task.state(), v1::BackgroundTask::PAUSED);
  audit_->Pause(false);
  for (int i = 0; i < 12; ++i) {
    Tick();
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(asked_.size(), 40u);
  EXPECT_EQ(report().passes, 1u);
  // A day later the next.
  asked_.clear();
  clock_.Advance(absl::Hours(23));
  Tick();
  EXPECT_TRUE(asked_.empty());
  clock_.Advance(absl::Hours(1));
  Tick();
  EXPECT_FALSE(asked_.empty());
}

// One call a node and a while, whatever it is to be asked.
TEST_F(ChunkAuditTest, ANodeThatFailsIsLeftAloneForAWhile) {
  for (uint64_t i = 1; i <= 20; ++i) Put(i, absl::StrCat("key-", i), 4);
  failing_.insert(NodeId(1));
  const auto report = Pass();
  EXPECT_EQ(report.lost, 0u);
  EXPECT_GT(report.last_pass.short_of_copies, 0u);
  EXPECT_EQ(calls_[NodeId(1)], 1);
  EXPECT_GT(calls_[NodeId(2)], 5);
}

}  // namespace
}  // namespace trebol
