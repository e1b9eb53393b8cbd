// What /health/cluster says on every server while nodes die one after the other, and whom it lets
// go for maintenance.
#include <string>

#include "absl/strings/str_cat.h"
#include "common/http/http_client.h"
#include "gmock/gmock.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

class ClusterHealth : public testing::Story {
 protected:
  struct Answer {
    int status = 0;
    std::string body;
  };
  Answer Ask(const std::string& name, const std::string& query = "") {
    const auto reply = HttpGet(cluster().AdminEndpoint(name),
                               absl::StrCat("/health/cluster", query), absl::Seconds(10));
    if (!reply.ok()) return {.body = std::string(reply.status().message())};
    return {reply->status, reply->body};
  }
  bool AwaitStatusOf(const std::string& name, const std::string& query, int status) {
    return Await(absl::StrCat(name, " to answer ", status),
                 [&] { return Ask(name, query).status == status; });
  }
  static constexpr char kMaintenance[] = "?maintenance=true";
};

TEST_F(ClusterHealth, WhileNodesDie) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  for (const std::string& name : cluster().Names()) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(AwaitStatusOf(name, "", 200));
    EXPECT_EQ(Ask(name).body, "every partition takes writes\n");
    const bool metadata = name == "metadata-0";
    EXPECT_TRUE(AwaitStatusOf(name, kMaintenance, metadata ? 412 : 200));
    if (metadata) EXPECT_THAT(Ask(name, kMaintenance).body, HasSubstr("the only metadata server"));
  }

  // One of three is away: two take writes, and neither of them may go.
  ASSERT_TRUE(cluster().Kill("storage-0").ok());
  for (const char* name : {"storage-1", "storage-2"}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(AwaitStatusOf(name, kMaintenance, 412));
    const std::string why = Ask(name, kMaintenance).body;
    EXPECT_THAT(why,
                HasSubstr("without this node 4096 of 4096 partitions would have fewer than 2"));
    EXPECT_THAT(why, HasSubstr(absl::StrCat("away: ", cluster().Endpoint("storage-0"), "\n")));
    EXPECT_EQ(Ask(name).status, 200);
  }
  EXPECT_EQ(Ask("gateway-0", kMaintenance).status, 200);

  // Two are: nobody takes writes.
  ASSERT_TRUE(cluster().Kill("storage-1").ok());
  for (const char* name : {"gateway-0", "metadata-0", "storage-2"}) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(AwaitStatusOf(name, "", 503));
    EXPECT_THAT(Ask(name).body, HasSubstr("4096 of 4096 partitions have fewer than 2 members up"));
  }
  EXPECT_EQ(Ask("gateway-0", kMaintenance).status, 503) << "it is not for want of the gateway";

  ASSERT_TRUE(cluster().RestartDead().ok());
  EXPECT_TRUE(AwaitStatusOf("gateway-0", "", 200));
  EXPECT_TRUE(AwaitStatusOf("storage-2", kMaintenance, 200));

  // Without metadata no write is done, whatever the map says.
  ASSERT_TRUE(cluster().Kill("metadata-0").ok());
  for (const char* name : {"gateway-0", "storage-0"}) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(AwaitStatusOf(name, "", 503));
    EXPECT_THAT(Ask(name).body, HasSubstr("metadata"));
  }
}

TEST_F(ClusterHealth, AClusterThatFormsTakesNone) {
  MiniCluster::Options options;
  options.nodes = 2;
  options.initial_nodes = 3;
  options.dir = dir() + "/forming";
  options.timeout = absl::Seconds(5);
  options.outlive = true;  // it stays as it is, to be looked at
  EXPECT_FALSE(MiniCluster::Start(options).ok());
  auto forming = MiniCluster::Open({.dir = options.dir});
  ASSERT_TRUE(forming.ok()) << forming.status();
  for (const char* name : {"gateway-0", "storage-0", "metadata-0"}) {
    const auto reply =
        HttpGet((*forming)->AdminEndpoint(name), "/health/cluster", absl::Seconds(10));
    ASSERT_TRUE(reply.ok()) << reply.status();
    EXPECT_EQ(reply->status, 503) << name;
    EXPECT_THAT(reply->body, HasSubstr("table")) << name;
  }
}

}  // namespace
}  // namespace trebol
