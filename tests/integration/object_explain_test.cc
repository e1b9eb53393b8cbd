// Where is my object, and is it safe? Asked while a node is away, while another one stands in for
// it, and after it has come back; and what people get wrong at first.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Explanation = client::ObjectExplanation;

class ObjectExplain : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster({.nodes = 5});
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("photos").ok());
  }
  void Put(const std::string& key, uint64_t size) {
    const testing::MadeBytes bytes{.seed = size, .size = size};
    const auto put = client().PutObject("photos", key, bytes.Source());
    ASSERT_TRUE(put.ok()) << put.status();
  }
  Explanation Explain(const std::string& key, const client::ExplainObjectOptions& options = {}) {
    auto explained = client().WithTimeout(absl::Minutes(1)).ExplainObject("photos", key, options);
    EXPECT_TRUE(explained.ok()) << explained.status();
    return explained.value_or(Explanation());
  }
  bool AwaitSafe(const std::string& key) {
    return Await(key + " to be safe", [&] {
      const Explanation said = Explain(key);
      return said.full == said.chunks.size() && !said.chunks.empty();
    });
  }
  testing::ProgramResult ExplainCli(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"object", "explain"});
    return Cli(arguments, {.timeout = kPatience});
  }
  std::string NameOf(const std::string& endpoint) {
    for (const std::string& name : cluster().Names()) {
      if (cluster().Endpoint(name) == endpoint) return name;
    }
    return "";
  }
  static std::string EndpointOf(const Explanation& said, const std::string& id) {
    for (const Explanation::Node& node : said.nodes) {
      if (node.status.id == id) return node.status.endpoint;
    }
    return "";
  }
  static const Explanation::Copy* FindCopy(const Explanation::Chunk& chunk,
                                           const std::string& node) {
    for (const Explanation::Copy& copy : chunk.copies) {
      if (copy.node == node) return &copy;
    }
    return nullptr;
  }
};

TEST_F(ObjectExplain, ANodeDiesAndComesBack) {
  Put("beach.jpg", 9'000'000);
  ASSERT_TRUE(AwaitSafe("beach.jpg"));
  auto said = ExplainCli({"trebol://photos/beach.jpg"});
  EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
  EXPECT_THAT(said.out, StartsWith("safe: each of 3 chunks has 3 good copies in 3 zones\n"));
  const Explanation before = Explain("beach.jpg");
  ASSERT_EQ(before.chunks.size(), 3u);
  for (const Explanation::Chunk& chunk : before.chunks) {
    ASSERT_EQ(chunk.copies.size(), 3u);
    for (const Explanation::Copy& copy : chunk.copies) {
      EXPECT_EQ(copy.role, "serving");
      ASSERT_TRUE(copy.verified.has_value()) << "it was written by a process that runs";
      EXPECT_GT(*copy.verified, absl::Now() - absl::Hours(1));
    }
  }

  // A node that has a copy dies: which one is missing is told, and that it may be there.
  const std::string dead = before.chunks[0].copies[0].node;
  const std::string endpoint = EndpointOf(before, dead);
  const std::string name = NameOf(endpoint);
  ASSERT_NE(name, "");
  ASSERT_TRUE(cluster().Kill(name).ok());
  said = ExplainCli({"trebol://photos/beach.jpg"});
  EXPECT_EQ(said.exit_code, 6) << said.out << said.err;
  EXPECT_THAT(said.out, StartsWith("at risk: "));
  EXPECT_THAT(said.out, HasSubstr(absl::StrCat(endpoint, " does not answer\n")));
  EXPECT_THAT(said.out, HasSubstr("serving  unreachable"));
  const Explanation without = Explain("beach.jpg");
  EXPECT_EQ(FindCopy(without.chunks[0], dead)->state, "unreachable");
  EXPECT_EQ(without.chunks[0].good, 2u);
  EXPECT_EQ(without.none + without.lost, 0u);

  // What is written now has its third copy on a node that stands in.
  std::string key;
  ASSERT_TRUE(Await("a copy with a hint", [&] {
    key = absl::StrCat("new-", absl::ToUnixNanos(absl::Now()));
    Put(key, 10'000);
    for (int i = 0; i < 20; ++i) {
      const Explanation now = Explain(key);
      if (now.chunks.empty() || FindCopy(now.chunks[0], dead) == nullptr) return false;
      for (const Explanation::Copy& copy : now.chunks[0].copies) {
        if (copy.hint_for == dead && copy.role == "handoff" && copy.state == "present") {
          return now.full == 1;
        }
      }
      absl::SleepFor(absl::Milliseconds(100));
    }
    return false;
  }));
  said = ExplainCli({absl::StrCat("trebol://photos/", key)});
  EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
  EXPECT_THAT(said.out, StartsWith("safe: its only chunk has 3 good copies"));
  EXPECT_THAT(said.out, HasSubstr(absl::StrCat("handoff for ", dead, "  present")));

  // It is back: its old copy is found, and the new one is given to it and kept for it no longer.
  ASSERT_TRUE(cluster().Restart(name).ok());
  ASSERT_TRUE(AwaitSafe("beach.jpg"));
  ASSERT_TRUE(Await("all copies where they belong", [&] {
    const Explanation now = Explain(key);
    for (const Explanation::Copy& copy : now.chunks[0].copies) {
      if (copy.role != "serving" || copy.state != "present") return false;
    }
    return now.chunks[0].copies.size() == 3;
  }));
  said = ExplainCli({"--json", "--all", absl::StrCat("trebol://photos/", key)});
  EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
  EXPECT_THAT(said.out, StartsWith("{\"type\":\"chunk\""));
  EXPECT_THAT(said.out, HasSubstr("\"verdict\":\"safe\""));

  // Who does not believe it has everything read.
  const absl::Time asked = absl::Now();
  const Explanation verified = Explain("beach.jpg", {.verify = true});
  EXPECT_EQ(verified.full, 3u);
  for (const Explanation::Chunk& chunk : verified.chunks) {
    for (const Explanation::Copy& copy : chunk.copies) {
      ASSERT_TRUE(copy.verified.has_value());
      EXPECT_GT(*copy.verified, asked - absl::Seconds(1)) << "now, not when it was written";
    }
  }
}

TEST_F(ObjectExplain, ANodeThatHangsIsNotWaitedForForEver) {
  Put("beach.jpg", 9'000'000);
  ASSERT_TRUE(AwaitSafe("beach.jpg"));
  const Explanation before = Explain("beach.jpg");
  const std::string hangs = before.chunks[0].copies[0].node;
  const std::string endpoint = EndpointOf(before, hangs);
  ASSERT_TRUE(cluster().Pause(NameOf(endpoint)).ok());
  const auto said = ExplainCli({"trebol://photos/beach.jpg"});
  EXPECT_EQ(said.exit_code, 6) << said.out << said.err;
  EXPECT_THAT(said.out, StartsWith("at risk: "));
  EXPECT_THAT(said.out, HasSubstr(absl::StrCat("(", endpoint, ") does not answer: ")));
  ASSERT_TRUE(cluster().Resume(NameOf(endpoint)).ok());
  EXPECT_TRUE(AwaitSafe("beach.jpg"));
}

TEST_F(ObjectExplain, MistakesOfNewcomers) {
  Put("beach.jpg", 1'000);
  struct Case {
    std::string url;
    int exit_code;
    std::string hint;
  };
  for (const Case& test :
       std::vector<Case>{{"photos/beach.jpg", 2, "is not a URL; write trebol://BUCKET/KEY"},
                         {"s3://photos/beach.jpg", 2, "write trebol://photos/beach.jpg"},
                         {"trebol://photos", 2, "names a bucket; this is about an object"},
                         {"trebol://photos/", 2, "names a bucket; this is about an object"},
                         {"trebol://photos/beach.jpeg", 3, "beach.jpeg"},
                         {"trebol://fotos/beach.jpg", 3, "fotos"}}) {
    SCOPED_TRACE(test.url);
    const auto said = ExplainCli({test.url});
    EXPECT_EQ(said.exit_code, test.exit_code) << said.out << said.err;
    EXPECT_THAT(said.err, StartsWith("trebol: object explain: "));
    EXPECT_THAT(said.err, HasSubstr(test.hint));
    EXPECT_EQ(said.out, "");
  }
  const auto gone = ExplainCli({"--version", "nonsense", "trebol://photos/beach.jpg"});
  EXPECT_EQ(gone.exit_code, 1) << gone.out << gone.err;
  EXPECT_THAT(gone.err, HasSubstr("nonsense"));
}

}  // namespace
}  // namespace trebol
