// What operators do with work in the background: they see it, let it rest, call it off, begin it.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/http/http_client.h"
#include "gmock/gmock.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class Jobs : public testing::Story {
 protected:
  /// Four nodes that copy so slowly that a drain can be watched.
  void Start() {
    MiniCluster::Options options;
    options.nodes = 4;
    options.zones = 4;
    options.flags["storage"] = {"--repair-rate=512KiB"};
    StartCluster(options);
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("jobs").ok());
    for (int i = 0; i < 24; ++i) {
      const auto put = client().PutObject("jobs", absl::StrCat("object-", i),
                                          std::string(1 << 20, static_cast<char>('a' + i)));
      ASSERT_TRUE(put.ok()) << put.status();
    }
  }
  client::JobList List() {
    client::JobList list;
    EXPECT_TRUE(Await("a list of jobs", [&] {
      auto listed = client().ListJobs();
      if (listed.ok()) list = *std::move(listed);
      return listed.ok();
    }));
    return list;
  }
  /// The job of that kind that goes on; empty id: there is none.
  client::Job Find(const std::string& kind) {
    for (client::Job& job : List().jobs) {
      if (job.kind == kind) return std::move(job);
    }
    return {};
  }
  client::Job AwaitJob(const std::string& kind) {
    client::Job job;
    EXPECT_TRUE(Await(absl::StrCat("a job ", kind), [&] {
      job = Find(kind);
      return !job.id.empty();
    }));
    return job;
  }
  bool AwaitEnd(const std::string& id, const std::string& state) {
    return Await(absl::StrCat(id, " ", state), [&] {
      for (const client::Job& job : List().history) {
        if (job.id == id) return job.state == state;
      }
      return false;
    });
  }
  void Do(const std::vector<std::string>& arguments) {
    const testing::ProgramResult result = Cli(arguments, {.timeout = kPatience});
    ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  }
  uint64_t MissingChunks() {
    uint64_t missing = 0;
    EXPECT_TRUE(Await("a status", [&] {
      const auto status = client().GetClusterStatus();
      if (status.ok()) missing = status->missing_chunks;
      return status.ok();
    }));
    return missing;
  }
  std::string Node0() { return cluster().Endpoint("storage-0"); }
};

TEST_F(Jobs, ADrainRestsGoesOnAndIsCalledOff) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  Do({"node", "drain", "--yes", Node0()});
  const std::string drain = AwaitJob("drain").id;
  Do({"job", "pause", drain});
  ASSERT_TRUE(AwaitStatus("a reason that says so", [&](const client::ClusterStatus& status) {
    return absl::StrContains(absl::StrCat(status.reasons.empty() ? "" : status.reasons.back()),
                             absl::StrCat("trebol job resume ", drain));
  }));
  // Metadata forgets nothing of it, and nodes hear it again.
  ASSERT_TRUE(cluster().Kill("metadata-0").ok());
  ASSERT_TRUE(cluster().Restart("metadata-0").ok());
  ASSERT_TRUE(Await("the job at rest", [&] { return Find("drain").state == "paused"; }));
  // What was under way ends, and is told: then nothing changes any more.
  uint64_t missing = 0;
  ASSERT_TRUE(Await("rest", [&] {
    missing = MissingChunks();
    absl::SleepFor(absl::Seconds(10));
    return MissingChunks() == missing;
  }));
  EXPECT_GT(missing, 0u);
  EXPECT_LT(Find("drain").done, Find("drain").total);

  Do({"job", "resume", drain});
  EXPECT_TRUE(AwaitEnd(drain, "done"));
  Do({"node", "add", "--yes", "--wait", Node0()});
  Do({"node", "drain", "--yes", Node0()});
  const std::string again = AwaitJob("drain").id;
  Do({"job", "cancel", again});
  EXPECT_TRUE(AwaitEnd(again, "cancelled"));
  EXPECT_TRUE(AwaitHealth("healthy"));
  bool rebalanced = false;
  for (const client::Job& job : List().history) rebalanced |= job.kind == "rebalance";
  EXPECT_TRUE(rebalanced);
}

TEST_F(Jobs, AScrubBeginsWhenItIsAskedFor) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  // The first pass of a new node begins by itself.
  ASSERT_TRUE(Await("the first passes", [&] { return Find("scrub").passes >= 4; }));
  Do({"job", "start", "scrub"});
  EXPECT_TRUE(Await("a pass of each node", [&] { return Find("scrub").passes >= 8; }));
  size_t recorded = 0;
  EXPECT_TRUE(Await("their records", [&] {
    recorded = 0;
    for (const client::Job& job : List().history) recorded += job.kind == "scrub" ? 1 : 0;
    return recorded >= 4;
  }));
  const auto tasks =
      HttpGet(cluster().AdminEndpoint("metadata-0"), "/background-tasks", absl::Seconds(10));
  ASSERT_TRUE(tasks.ok()) << tasks.status();
  EXPECT_THAT(tasks->body, HasSubstr("\"id\":\"scrub\""));
  EXPECT_THAT(tasks->body, HasSubstr("\"name\":\"scrub\""));
}

TEST_F(Jobs, WhatRestsDoesNothing) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(Await("the first passes", [&] { return Find("scrub").passes >= 4; }));
  Do({"job", "pause", "scrub", "garbage"});
  absl::SleepFor(absl::Seconds(2));  // two heartbeats
  Do({"job", "start", "scrub"});
  ASSERT_TRUE(client().DeleteObject("jobs", "object-0").ok());
  absl::SleepFor(absl::Seconds(4));
  EXPECT_EQ(Find("scrub").passes, 4u);
  EXPECT_EQ(client().GetClusterStatus()->garbage_versions, 1u);
  Do({"job", "resume", "scrub", "garbage"});
  EXPECT_TRUE(Await("the passes", [&] { return Find("scrub").passes >= 8; }));
  EXPECT_TRUE(AwaitStatus("no garbage", [](const client::ClusterStatus& status) {
    return status.garbage_versions == 0;
  }));
}

}  // namespace
}  // namespace trebol
