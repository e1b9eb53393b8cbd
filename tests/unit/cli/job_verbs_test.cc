#include <gmock/gmock.h>

#include "common/base/limits.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class JobVerbsTest : public CliTest {
 protected:
  JobVerbsTest() {
    v1::Job& scrub = *jobs_.add_jobs();
    scrub.set_id("scrub");
    scrub.set_kind(v1::Job::SCRUB);
    scrub.set_state(v1::Job::RUNNING);
    scrub.set_done(3 * kGiB);
    scrub.set_total(12 * kGiB);
    scrub.set_unit("bytes");
    scrub.set_rate(static_cast<double>(16 * kMiB));
    scrub.set_seconds_left(576);
    scrub.set_passes(2);
    v1::Job& drain = *jobs_.add_jobs();
    drain.set_id("drain-12");
    drain.set_kind(v1::Job::DRAIN);
    drain.set_state(v1::Job::RUNNING);
    drain.add_nodes(0xabc);
    drain.set_done(812);
    drain.set_total(1024);
    drain.set_unit("partitions");
    drain.set_rate(12);
    drain.set_seconds_left(17);
    v1::Job& ended = *jobs_.add_history();
    ended.set_id("rebalance-11");
    ended.set_kind(v1::Job::REBALANCE);
    ended.set_state(v1::Job::DONE);
    ended.set_done(64);
    ended.set_total(64);
    ended.set_unit("partitions");
    ended.set_began_us(1'700'000'000'000'000);
    ended.set_ended_us(1'700'000'065'000'000);
    gateway_.SetJobs(jobs_);
  }

  v1::ListJobsResponse jobs_;
};

TEST_F(JobVerbsTest, WhatGoesOnIsListedWithRateAndTimeLeft) {
  EXPECT_EQ(Run({"job", "ls"}), 0);
  EXPECT_THAT(out(),
              HasSubstr("scrub     running  3.0 GiB of 12.0 GiB     16.0 MiB/s  9:36  2 passes"));
  EXPECT_THAT(out(), HasSubstr("drain-12  running  812 of 1024 partitions        12/s  0:17  "
                               "node 0000000000000abc"));
  EXPECT_THAT(out(), Not(HasSubstr("rebalance-11")));
}

TEST_F(JobVerbsTest, WhatEndedIsListedIfAskedFor) {
  EXPECT_EQ(Run({"job", "ls", "--all"}), 0);
  EXPECT_THAT(out(), HasSubstr("rebalance-11  done   64 of 64 partitions"));
  EXPECT_THAT(out(), HasSubstr("1:05"));
}

TEST_F(JobVerbsTest, AsJson) {
  EXPECT_EQ(Run({"job", "ls", "--all", "--json"}), 0);
  EXPECT_THAT(out(), HasSubstr(R"({"id":"scrub","kind":"scrub","state":"running","nodes":[],)"));
  EXPECT_THAT(out(), HasSubstr(R"("began":"2023-11-14T22:13:20Z","ended":"2023-11-14T22:14:25Z")"));
}

TEST_F(JobVerbsTest, EachVerbAsksForItsChange) {
  EXPECT_EQ(Run({"job", "pause", "scrub", "drain-12"}), 0);
  EXPECT_THAT(out(), HasSubstr("scrub: paused\ndrain-12: paused\n"));
  EXPECT_EQ(Run({"job", "resume", "scrub"}), 0);
  EXPECT_EQ(Run({"job", "cancel", "drain-12"}), 0);
  EXPECT_EQ(Run({"job", "start", "scrub"}), 0);
  EXPECT_THAT(out(), HasSubstr("scrub: begins within seconds"));
  const auto changes = gateway_.job_changes();
  ASSERT_EQ(changes.size(), 5u);
  EXPECT_EQ(changes[0].verb(), v1::ChangeJobRequest::PAUSE);
  EXPECT_EQ(changes[1].id(), "drain-12");
  EXPECT_EQ(changes[2].verb(), v1::ChangeJobRequest::RESUME);
  EXPECT_EQ(changes[3].verb(), v1::ChangeJobRequest::CANCEL);
  EXPECT_EQ(changes[4].verb(), v1::ChangeJobRequest::START);
}

TEST_F(JobVerbsTest, AJobThatIsNotThereIsNamed) {
  EXPECT_EQ(Run({"job", "pause", "scrubb"}), 3);
  EXPECT_THAT(err(), HasSubstr("scrubb"));
  EXPECT_EQ(Run({"job", "pause"}), 2);
  EXPECT_THAT(gateway_.job_changes(), IsEmpty());
}

}  // namespace
}  // namespace trebol::cli
