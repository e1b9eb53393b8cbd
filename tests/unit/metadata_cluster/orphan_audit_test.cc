#include "metadata/cluster/orphan_audit.h"

#include <set>

#include "gmock/gmock.h"
#include "metadata/cluster/garbage_collector.h"
#include "tests/unit/metadata_cluster/audited_cluster.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class OrphanAuditTest : public AuditedCluster {
 protected:
  void SetUp() override {
    AuditedCluster::SetUp();
    audit_ = Make({.page = 3});
    // A session that is closed and well known.
    Run(testing::OpenSession(kClosed));
    Run(testing::CloseSession(kClosed));
  }
  static constexpr uint64_t kClosed = 8;

  std::unique_ptr<OrphanAudit> Make(OrphanAudit::Options options) {
    return std::make_unique<OrphanAudit>(
        catalog_.get(),
        [this](NodeId node, const VersionId& after,
               size_t limit) -> absl::StatusOr<OrphanAudit::Page> {
          ++lists_;
          if (before_list_) before_list_(node);
          if (failing_.contains(node)) return absl::UnavailableError("planned");
          OrphanAudit::Page page{.incarnation = incarnations_[node] + 1};
          for (const auto& [id, bytes] : held_[node]) {
            if (id.version <= after) continue;
            if (page.versions.empty() || page.versions.back().version != id.version) {
              page.more = page.versions.size() == limit;
              if (page.more) break;
              page.versions.push_back({.version = id.version});
            }
            ++page.versions.back().chunks;
            page.versions.back().bytes += bytes;
          }
          if (after_list_) after_list_(node);
          return page;
        },
        clock_.Now(), options);
  }
  void Tick() {
    const auto next = audit_->Tick(clock_.Now(), map_, nodes_, may_collect_);
    EXPECT_TRUE(next.ok()) << next.status();
  }
  OrphanAudit::Report report() { return audit_->report(clock_.Now()); }
  // Until it ended, or cannot go on.
  OrphanAudit::Report RunOnce() {
    const uint64_t before = report().runs;
    audit_->StartRun();
    do {
      Tick();
      clock_.Advance(absl::Milliseconds(50));
    } while (report().task.state() == v1::BackgroundTask::RUNNING);
    ran_ = report().runs > before;
    return report();
  }
  // On one node, which is no member.
  void Hold(const VersionId& version, uint64_t bytes = 1000, uint64_t node = 1) {
    held_[NodeId(node)][{version, 0}] = bytes;
  }
  std::vector<VersionId> Garbage() {
    std::vector<VersionId> versions;
    for (const GarbageKind kind : {GarbageKind::kSeen, GarbageKind::kUnseen}) {
      const auto rows = catalog_->Garbage(kind, {}, LogIndex(catalog_->head().index()), 1'000);
      for (const v1::GarbageRow& row : *rows) versions.push_back(VersionIdOf(row.version()));
    }
    return versions;
  }
  // All garbage goes, everywhere; with the horizons of readers as they are.
  void Collect() {
    for (const GarbageKind kind : {GarbageKind::kSeen, GarbageKind::kUnseen}) {
      GarbageCollector collector(
          catalog_.get(), kind,
          [this](NodeId node, const std::vector<VersionId>& versions, Epoch) {
            for (const VersionId& version : versions) {
              std::erase_if(held_[node],
                            [&](const auto& chunk) { return chunk.first.version == version; });
            }
            return absl::OkStatus();
          },
          {});
      absl::flat_hash_set<NodeId> up;
      for (const auto& [node, view] : nodes_) up.insert(node);
      ASSERT_TRUE(collector.Tick(clock_.Now(), map_, up).ok());
    }
  }
  void ReadersPass() {
    Run(testing::RenewSession(kSession, ++renewal_, 0, {}, 0, {}, catalog_->head().index()));
  }

  std::unique_ptr<OrphanAudit> audit_;
  absl::Status may_collect_;
  std::set<NodeId> failing_;
  std::map<NodeId, uint64_t> incarnations_;  // starts since the first
  std::function<void(NodeId)> before_list_;
  std::function<void(NodeId)> after_list_;
  int lists_ = 0;
  bool ran_ = false;
  uint64_t renewal_ = 0;
};

TEST_F(OrphanAuditTest, FindsWhatNothingRefersToAndNothingElse) {
  for (uint64_t i = 1; i <= 10; ++i) Put(i, absl::StrCat("key-", i), 2);
  Hold(Version(90));         // undecided: its gateway may commit it yet
  Hold(Version(1, 0x5555));  // of a session that nobody opened
  Hold({Generation(99), SessionId(kSession), 1});
  Hold(Version(50, kClosed), 700, 2);  // left over
  Hold(Version(50, kClosed), 700, 3);
  Run(testing::PutObject({kSession, 5}, "bucket", "gone", Version(40), 1024));
  Store(Version(40), 1);
  Run(testing::DeleteObject({kSession, 6}, "bucket", "gone"));  // garbage already
  const auto report = RunOnce();
  EXPECT_TRUE(ran_);
  EXPECT_EQ(report.held, "");
  EXPECT_EQ(report.run.orphans, 2u);
  EXPECT_EQ(report.run.orphan_bytes, 1400u);
  EXPECT_EQ(report.run.unknown, 2u);
  EXPECT_EQ(report.run.offered, 2u);
  ASSERT_EQ(report.findings.size(), 2u);
  EXPECT_EQ(report.findings[0].version, Version(50, kClosed));
  EXPECT_EQ(report.findings[0].node, NodeId(2));
  EXPECT_THAT(Garbage(), UnorderedElementsAre(Version(40), Version(50, kClosed)));
  ReadersPass();
  Collect();
  EXPECT_TRUE(Garbage().empty());
  EXPECT_FALSE(held_[NodeId(2)].contains({Version(50, kClosed), 0}));
  EXPECT_TRUE(held_[NodeId(1)].contains({Version(90), 0}));
  EXPECT_TRUE(held_[NodeId(1)].contains({Version(1, 0x5555), 0}));
  for (uint64_t i = 1; i <= 10; ++i) {
    EXPECT_TRUE(held_[SetOf({Version(i), 1}).serving[0]].contains({Version(i), 1}));
  }
}

// A run begins, or goes on, only with all nodes and with collection allowed.
TEST_F(OrphanAuditTest, EndsWithoutEffectWhenTheScanIsNotWhole) {
  Hold(Version(50, kClosed));
  const AuditedNodes well = nodes_;
  const std::vector<std::pair<std::string, std::function<void()>>> troubles = {
      {"is not up", [&] { nodes_[NodeId(5)].up = false; }},
      {"is reconciling", [&] { nodes_[NodeId(5)].reconciling = true; }},
      {"nothing is collected: frozen",
       [&] { may_collect_ = absl::FailedPreconditionError("frozen"); }},
  };
  const std::vector<std::pair<std::string, std::function<void()>>> only_within = {
      {"started anew meanwhile", [&] { nodes_[NodeId(5)].incarnation = 2; }},
      {"started anew meanwhile", [&] { incarnations_[NodeId(5)] = 1; }},
      {"did not answer", [&] { failing_.insert(NodeId(5)); }},
      {"is out", [&] { nodes_.erase(NodeId(5)); }},
      {"joined meanwhile", [&] { nodes_[NodeId(6)] = {.up = true, .incarnation = 1}; }},
  };
  const auto heal = [&] {
    nodes_ = well;
    may_collect_ = absl::OkStatus();
    incarnations_.clear();
    failing_.clear();
    before_list_ = nullptr;
  };
  const auto expect_nothing = [&](const std::string& why) {
    EXPECT_FALSE(ran_);
    EXPECT_TRUE(Garbage().empty());
    EXPECT_THAT(report().task.problem(), HasSubstr(why));
    EXPECT_EQ(report().task.state(), v1::BackgroundTask::FAILING);
  };
  for (const auto& [why, trouble] : troubles) {
    SCOPED_TRACE(why + " at the beginning");
    const int before = lists_;
    trouble();
    RunOnce();
    expect_nothing(why);
    EXPECT_EQ(lists_, before) << "it began";
    heal();
    RunOnce();  // what was due begins now; its effect goes
    EXPECT_TRUE(ran_);
    Collect();
    ASSERT_TRUE(Garbage().empty());
    Hold(Version(50, kClosed));
  }
  for (const auto& list : {troubles, only_within}) {
    for (const auto& [why, trouble] : list) {
      SCOPED_TRACE(why + " in the middle");
      const auto begins = trouble;
      before_list_ = [&begins](NodeId node) {
        if (node == NodeId(3)) begins();
      };
      RunOnce();
      expect_nothing(why);
      heal();
    }
  }
  RunOnce();
  EXPECT_TRUE(ran_);
  EXPECT_THAT(Garbage(), UnorderedElementsAre(Version(50, kClosed)));
}

TEST_F(OrphanAuditTest, StopsAboveAShareOfWhatNodesHold) {
  audit_ = Make({.share = 0.01, .least_bytes = 0});
  for (uint64_t i = 1; i <= 100; ++i) Put(i, absl::StrCat("key-", i));
  Hold(Version(50, kClosed), 3'000, 4);
  EXPECT_EQ(RunOnce().held, "") << "3,000 of 310,200 bytes";
  EXPECT_EQ(Garbage().size(), 1u);
  Collect();
  Hold(Version(51, kClosed), 4'000, 4);
  const auto report = RunOnce();
  EXPECT_TRUE(ran_);
  EXPECT_THAT(report.held, HasSubstr("nodes hold 4000 bytes of 1 versions that nothing refers to"));
  EXPECT_THAT(report.held, HasSubstr("4000 on node 0000000000000004"));
  EXPECT_THAT(report.held, HasSubstr("--accept-orphans=4000"));
  EXPECT_EQ(report.run.offered, 0u);
  EXPECT_TRUE(Garbage().empty());
  // It stays shown until a run finds otherwise.
  held_[NodeId(4)].erase({Version(51, kClosed), 0});
  EXPECT_EQ(RunOnce().held, "");
}

TEST_F(OrphanAuditTest, StopsAboveSoManyBytesHoweverLargeTheCluster) {
  audit_ = Make({.most_bytes = 5'000, .least_bytes = 0});
  Put(1, "large");
  held_[SetOf({Version(1), 0}).serving[0]][{Version(1), 0}] = 1'000'000;
  Hold(Version(50, kClosed), 5'001);
  EXPECT_THAT(RunOnce().held, HasSubstr("more than the 5000 that one run may delete"));
  EXPECT_TRUE(Garbage().empty());
}

TEST_F(OrphanAuditTest, StopsAboveSoManyVersions) {
  audit_ = Make({.most_versions = 2, .accept_bytes = 1'000'000});
  for (uint64_t i = 1; i <= 3; ++i) Hold(Version(i, kClosed), 1);
  EXPECT_THAT(RunOnce().held, HasSubstr("more than the 2 that one run may delete"));
  EXPECT_TRUE(Garbage().empty());
}

TEST_F(OrphanAuditTest, ASmallClusterMayHaveSome) {
  Hold(Version(50, kClosed), 64 * kMiB);
  EXPECT_EQ(RunOnce().held, "");
  Collect();
  Hold(Version(50, kClosed), 64 * kMiB + 1);
  EXPECT_NE(RunOnce().held, "");
}

TEST_F(OrphanAuditTest, TheOperatorsWordIsGoodForOneRun) {
  audit_ = Make({.least_bytes = 0, .accept_bytes = 2'000});
  Hold(Version(50, kClosed), 2'001);
  EXPECT_NE(RunOnce().held, "") << "more than was said";
  Hold(Version(50, kClosed), 2'000);
  EXPECT_EQ(RunOnce().held, "");
  EXPECT_EQ(Garbage().size(), 1u);
  Collect();
  Hold(Version(51, kClosed), 2'000);
  EXPECT_NE(RunOnce().held, "");
  EXPECT_TRUE(Garbage().empty());
}

// ---- What happens while it runs ----

TEST_F(OrphanAuditTest, WhatIsCommittedMeanwhileLives) {
  Hold(Version(1));
  after_list_ = [&](NodeId node) {
    if (node != NodeId(1)) return;
    Run(testing::PutObject({kSession, 2}, "bucket", "key", Version(1), 1000));
  };
  EXPECT_EQ(RunOnce().run.orphans, 0u);
  EXPECT_TRUE(Garbage().empty());
}

TEST_F(OrphanAuditTest, WhatIsWrittenAndGivenUpMeanwhileIsGarbageByThat) {
  before_list_ = [&](NodeId node) {
    if (node != NodeId(1)) return;
    Hold(Version(1));
    Run(testing::AbandonVersion(Version(1), 1, 1000));
  };
  EXPECT_EQ(RunOnce().run.orphans, 0u);
  EXPECT_EQ(Garbage().size(), 1u);
}

// Listed, then deleted and done with before it is judged: nothing is left to be found.
TEST_F(OrphanAuditTest, WhatIsCollectedMeanwhileIsNotTakenForAnOrphan) {
  Put(1, "key");
  Run(testing::DeleteObject({kSession, 2}, "bucket", "key"));
  ReadersPass();
  after_list_ = [&](NodeId node) {
    if (!held_[node].empty()) Collect();
  };
  const auto report = RunOnce();
  EXPECT_TRUE(Garbage().empty());
  EXPECT_EQ(report.run.versions, 1u) << "one node listed it";
  EXPECT_EQ(report.run.orphans, 0u);
}

TEST_F(OrphanAuditTest, AnOfferOfWhatIsGoneDoesNoHarm) {
  Hold(Version(50, kClosed));
  Hold(Version(1), 1000, 2);
  audit_->StartRun();
  for (uint64_t node = 1; node <= kNodes; ++node) Tick();
  EXPECT_EQ(report().run.orphans, 1u);
  EXPECT_TRUE(Garbage().empty());
  Tick();
  EXPECT_THAT(Garbage(), UnorderedElementsAre(Version(50, kClosed)));
  // A second offer of what was collected since deletes it again, and nothing else.
  Collect();
  EXPECT_TRUE(Garbage().empty());
  Run(testing::OfferVersion(1, Version(50, kClosed), 1000));
  Collect();
  EXPECT_TRUE(Garbage().empty());
  EXPECT_EQ(catalog_->Cluster()->garbage_bytes(), 0u);
}

TEST_F(OrphanAuditTest, PauseBreaksARun) {
  Hold(Version(50, kClosed));
  audit_->StartRun();
  Tick();
  EXPECT_EQ(report().task.state(), v1::BackgroundTask::RUNNING);
  audit_->Pause(true);
  Tick();
  EXPECT_EQ(report().task.state(), v1::BackgroundTask::PAUSED);
  clock_.Advance(absl::Hours(24 * 30));
  for (int i = 0; i < 20; ++i) Tick();
  EXPECT_TRUE(Garbage().empty());
  audit_->Pause(false);
  for (int i = 0; i < 20; ++i) Tick();
  EXPECT_EQ(Garbage().size(), 1u);
}

TEST_F(OrphanAuditTest, RunsByItselfOnceAWeek) {
  clock_.Advance(absl::Minutes(9));
  Tick();
  EXPECT_EQ(lists_, 0);
  clock_.Advance(absl::Minutes(1));
  for (int i = 0; i < 10; ++i) Tick();
  EXPECT_EQ(report().runs, 1u);
  clock_.Advance(absl::Hours(24 * 7 - 1));
  for (int i = 0; i < 10; ++i) Tick();
  EXPECT_EQ(report().runs, 1u);
  clock_.Advance(absl::Hours(1));
  for (int i = 0; i < 10; ++i) Tick();
  EXPECT_EQ(report().runs, 2u);
}

}  // namespace
}  // namespace trebol
