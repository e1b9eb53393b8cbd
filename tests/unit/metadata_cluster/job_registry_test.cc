#include "metadata/cluster/job_registry.h"

#include <memory>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/cluster/map_keeper.h"
#include "metadata/cluster/standing_jobs.h"
#include "tests/testing/temporary_directory.h"
#include "tests/unit/metadata_cluster/watched_cluster.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JobRegistryTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }

  void Start() {
    jobs_.reset();
    catalog_.reset();
    Catalog::Options options;
    options.directory = directory_.path();
    options.clock = &cluster_.clock();
    auto catalog = Catalog::Open(options);
    ASSERT_TRUE(catalog.ok()) << catalog.status();
    catalog_ = *std::move(catalog);
    ASSERT_TRUE(catalog_->BeginTerm().ok());
    jobs_ = std::make_unique<JobRegistry>(catalog_.get(), &cluster_.clock());
    ASSERT_TRUE(jobs_->Load().ok());
  }
  void Second() {
    cluster_.clock().Advance(absl::Seconds(1));
    cluster_.Beat();
    const absl::Status ticked = jobs_->Tick(*cluster_.map(), cluster_.monitor(), workers_);
    ASSERT_TRUE(ticked.ok()) << ticked;
  }
  /// As it shows once what began is recorded.
  void Settle() {
    Second();
    Second();
  }
  void SetState(uint64_t node, v1::ClusterNode::State state) {
    cluster_.Node(node).set_state(state);
  }
  /// Partition `p` gets `incoming` in the place of `leaving` (0: of nobody).
  void Move(int p, uint64_t incoming, uint64_t leaving) {
    v1::PartitionEntry& entry = *cluster_.proto().mutable_partitions(p);
    entry.clear_serving();
    for (uint64_t node = 1; node <= 3; ++node) {
      if (node != leaving) entry.add_serving(node);
    }
    entry.clear_incoming();
    entry.clear_leaving();
    if (incoming != 0) entry.add_incoming(incoming);
    if (leaving != 0) entry.add_leaving(leaving);
  }
  void EndMove(int p) {
    v1::PartitionEntry& entry = *cluster_.proto().mutable_partitions(p);
    for (const uint64_t node : entry.incoming()) entry.add_serving(node);
    entry.clear_incoming();
    entry.clear_leaving();
  }
  absl::Status Ask(v1::ChangeJobRequest::Verb verb, const std::string& id) {
    v1::ChangeJobRequest request;
    request.set_verb(verb);
    request.set_id(id);
    return jobs_->Change(request);
  }
  std::vector<v1::Job> Moves() const {
    std::vector<v1::Job> moves = jobs_->jobs();
    std::erase_if(moves, [](const v1::Job& job) { return !job.nodes_size() && job.total() == 0; });
    return moves;
  }
  v1::PausedWork Paused() const {
    v1::HeartbeatResponse response;
    jobs_->Tell(&response);
    return response.paused();
  }

  testing::TemporaryDirectory directory_;
  WatchedCluster cluster_{6, 8};
  std::vector<v1::Job> workers_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<JobRegistry> jobs_;
};

TEST_F(JobRegistryTest, AtRestThereAreOnlyStandingOnes) {
  Settle();
  std::vector<std::string> ids;
  for (const v1::Job& job : jobs_->jobs()) ids.push_back(job.id());
  EXPECT_THAT(ids, ElementsAre("sync", "hand-over", "scrub"));
  EXPECT_THAT(jobs_->List().history(), IsEmpty());
}

TEST_F(JobRegistryTest, ADrainIsAJobFromItsBeginningToItsEnd) {
  SetState(3, v1::ClusterNode::DRAINING);
  for (int p = 0; p < 4; ++p) Move(p, 4, 3);
  for (int p = 4; p < 8; ++p) Move(p, 0, 0);
  // The rest of the plan is still to come: node 3 is a member of these.
  Settle();
  ASSERT_THAT(Moves(), SizeIs(1));
  EXPECT_EQ(Moves()[0].id(), "drain-1");
  EXPECT_EQ(Moves()[0].total(), 8u);
  EXPECT_THAT(Moves()[0].nodes(), ElementsAre(3));
  for (int p = 4; p < 8; ++p) Move(p, 4, 3);
  for (int p = 0; p < 6; ++p) EndMove(p);
  Second();
  EXPECT_EQ(Moves()[0].done(), 6u);
  EXPECT_GT(Moves()[0].rate(), 0);
  EXPECT_GT(Moves()[0].seconds_left(), 0);
  for (int p = 6; p < 8; ++p) EndMove(p);
  Second();
  // Its strays are not gone yet.
  EXPECT_THAT(Moves(), SizeIs(1));
  SetState(3, v1::ClusterNode::DRAINED);
  Settle();
  EXPECT_THAT(Moves(), IsEmpty());
  const v1::ListJobsResponse list = jobs_->List();
  ASSERT_THAT(list.history(), SizeIs(1));
  EXPECT_EQ(list.history(0).state(), v1::Job::DONE);
  EXPECT_EQ(list.history(0).done(), 8u);
  EXPECT_GT(list.history(0).ended_us(), list.history(0).began_us());
}

TEST_F(JobRegistryTest, ADrainThatIsCalledOffIsCancelled) {
  SetState(3, v1::ClusterNode::DRAINING);
  Settle();
  SetState(3, v1::ClusterNode::ACTIVE);
  Settle();
  EXPECT_EQ(jobs_->List().history(0).state(), v1::Job::CANCELLED);
}

TEST_F(JobRegistryTest, MovesAreToldApartByTheirCause) {
  SetState(3, v1::ClusterNode::DRAINING);
  Move(0, 4, 3);
  Move(1, 5, 2);
  Move(2, 6, 0);
  for (int p = 3; p < 8; ++p) {
    v1::PartitionEntry& entry = *cluster_.proto().mutable_partitions(p);
    entry.clear_serving();
    for (const uint64_t node : {1, 2, 4}) entry.add_serving(node);
  }
  cluster_.proto().mutable_partitions(2)->mutable_serving()->RemoveLast();  // node 3
  cluster_.proto().mutable_partitions(1)->mutable_serving()->RemoveLast();
  Settle();
  std::map<std::string, uint64_t> left;
  for (const v1::Job& job : Moves()) left[v1::Job::Kind_Name(job.kind())] = job.total();
  EXPECT_EQ(left, (std::map<std::string, uint64_t>{{"DRAIN", 1}, {"REBALANCE", 1}, {"REPAIR", 1}}));
}

TEST_F(JobRegistryTest, NodesAreToldWhatIsPaused) {
  SetState(3, v1::ClusterNode::DRAINING);
  Move(0, 4, 3);
  Settle();
  EXPECT_FALSE(Paused().rebalance());
  ASSERT_TRUE(Ask(v1::ChangeJobRequest::PAUSE, "drain-1").ok());
  ASSERT_TRUE(Ask(v1::ChangeJobRequest::PAUSE, "scrub").ok());
  ASSERT_TRUE(Ask(v1::ChangeJobRequest::PAUSE, "scrub").ok());  // a repeat
  EXPECT_THAT(Paused().drains(), ElementsAre(3));
  EXPECT_THAT(Paused().tasks(), ElementsAre("drain-1", "scrub"));
  EXPECT_EQ(jobs_->Find("scrub")->state(), v1::Job::PAUSED);
  EXPECT_THAT(jobs_->Alarms(), ElementsAre(HasSubstr("trebol job resume drain-1"),
                                           HasSubstr("trebol job resume scrub")));
  Start();  // it is remembered
  EXPECT_THAT(Paused().drains(), ElementsAre(3));
  Second();
  ASSERT_TRUE(Ask(v1::ChangeJobRequest::RESUME, "scrub").ok());
  EXPECT_FALSE(jobs_->IsPaused("scrub"));
  // What ends is not paused any more.
  SetState(3, v1::ClusterNode::OUT);
  EndMove(0);
  cluster_.proto().mutable_partitions(0)->set_partition(0);
  Settle();
  EXPECT_THAT(Paused().tasks(), IsEmpty());
}

TEST_F(JobRegistryTest, RefusesWhatMakesNoSense) {
  Settle();
  const absl::Status unknown = Ask(v1::ChangeJobRequest::PAUSE, "scrubb");
  EXPECT_EQ(ReasonOf(unknown), v1::JOB_NOT_FOUND);
  EXPECT_THAT(unknown.message(), HasSubstr("sync, hand-over, scrub"));
  EXPECT_EQ(ReasonOf(Ask(v1::ChangeJobRequest::START, "sync")), v1::CHANGE_REFUSED);
  EXPECT_EQ(ReasonOf(Ask(v1::ChangeJobRequest::VERB_UNSPECIFIED, "sync")), v1::INVALID_ARGUMENT);
}

TEST_F(JobRegistryTest, AScrubThatIsAskedForHasANewNumber) {
  Settle();
  v1::HeartbeatResponse before, after;
  jobs_->Tell(&before);
  ASSERT_TRUE(Ask(v1::ChangeJobRequest::START, "scrub").ok());
  jobs_->Tell(&after);
  EXPECT_GT(after.scrub_request(), before.scrub_request());
}

TEST_F(JobRegistryTest, WorkersOfNodesAreAddedUpAndTheirPassesRecorded) {
  for (const uint64_t node : {1, 2}) {
    v1::BackgroundTask& task = *cluster_.Says(node).add_tasks();
    task.set_name("scrub");
    task.set_state(v1::BackgroundTask::RUNNING);
    task.set_done(100 * node);
    task.set_total(1000);
    task.set_unit("bytes");
    task.set_rate(10);
    task.set_seconds_left(static_cast<double>(100 - 10 * node));
  }
  Second();
  const v1::Job scrub = *jobs_->Find("scrub");
  EXPECT_EQ(scrub.state(), v1::Job::RUNNING);
  EXPECT_EQ(scrub.done(), 300u);
  EXPECT_EQ(scrub.total(), 2000u);
  EXPECT_EQ(scrub.rate(), 20);
  EXPECT_EQ(scrub.seconds_left(), 90);
  cluster_.Says(2).mutable_tasks(0)->set_passes(1);
  cluster_.Says(2).mutable_tasks(0)->set_state(v1::BackgroundTask::FAILING);
  cluster_.Says(2).mutable_tasks(0)->set_problem("the disk is gone");
  Settle();
  EXPECT_EQ(jobs_->Find("scrub")->state(), v1::Job::FAILING);
  EXPECT_THAT(jobs_->Find("scrub")->problem(), HasSubstr("10.0.0.2:9200"));
  const v1::ListJobsResponse list = jobs_->List();
  ASSERT_THAT(list.history(), SizeIs(1));
  EXPECT_EQ(list.history(0).kind(), v1::Job::SCRUB);
  EXPECT_THAT(list.history(0).nodes(), ElementsAre(2));
  EXPECT_GT(list.history(0).began_us(), 0u);
}

TEST_F(JobRegistryTest, TheHistoryIsBounded) {
  v1::BackgroundTask& task = *cluster_.Says(1).add_tasks();
  task.set_name("scrub");
  for (int i = 0; i <= kJobsKept + 5; ++i) {
    task.set_passes(static_cast<uint64_t>(i));
    Second();
  }
  Second();
  const v1::ListJobsResponse list = jobs_->List();
  EXPECT_THAT(list.history(), SizeIs(kJobsKept));
  EXPECT_EQ(list.history(0).id(), absl::StrCat("scrub-", kJobsKept + 5));  // the newest
}

}  // namespace
}  // namespace trebol
