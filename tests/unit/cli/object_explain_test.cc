#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using Copy = v1::ExplainObjectResponse::Copy;
using Page = v1::ExplainObjectResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ObjectExplainTest : public CliTest {
 protected:
  ObjectExplainTest() { gateway_.AddObject("photos", "a.jpg", "the bytes"); }

  /// A page of N = 3 with nodes 1 to 4, each in a zone of its own.
  static Page MakePage() {
    Page page;
    page.set_copies(3);
    page.set_zones(3);
    for (uint64_t id = 1; id <= 4; ++id) {
      v1::ClusterNode& node = *page.add_nodes()->mutable_node();
      node.set_id(id);
      node.set_endpoint(absl::StrCat("10.0.0.", id, ":9200"));
      node.set_zone(absl::StrCat("z", id));
      node.set_state(v1::ClusterNode::ACTIVE);
    }
    return page;
  }
  /// The copies of one more chunk, on node 1 and the next ones.
  static void AddChunk(Page* page, const std::vector<Copy::State>& states, bool lost = false) {
    auto& chunk = *page->add_chunks();
    chunk.set_index(static_cast<uint32_t>(page->chunks_size() - 1));
    chunk.set_id(absl::StrCat("id#", chunk.index()));
    chunk.set_size(4 * kMiB);
    chunk.set_offset(chunk.index() * 4 * kMiB);
    chunk.set_partition(77);
    for (const Copy::State state : states) {
      Copy& copy = *chunk.add_copies();
      copy.set_node(static_cast<uint64_t>(chunk.copies_size()));
      copy.set_role(chunk.copies_size() <= 3 ? Copy::SERVING : Copy::HANDOFF);
      copy.set_state(state);
      if (state == Copy::PRESENT) chunk.set_good(chunk.good() + 1);
    }
    chunk.set_zones(chunk.good());
    auto& summary = *page->mutable_summary();
    const bool first = page->chunks_size() == 1;
    summary.set_least_copies(first ? chunk.good() : std::min(summary.least_copies(), chunk.good()));
    summary.set_least_zones(summary.least_copies());
    summary.set_most_copies(std::max(summary.most_copies(), chunk.good()));
    if (chunk.good() >= 3) summary.set_full(summary.full() + 1);
    if (chunk.good() == 2) summary.set_fewer(summary.fewer() + 1);
    if (chunk.good() == 1) summary.set_one(summary.one() + 1);
    if (chunk.good() == 0) summary.set_none(summary.none() + 1);
    if (lost) summary.set_lost(summary.lost() + 1);
  }
  int Explain(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"object", "explain", "trebol://photos/a.jpg"});
    return Run(more);
  }
  std::string FirstLine() const { return out().substr(0, out().find('\n')); }
};

TEST_F(ObjectExplainTest, ASafeObjectEndsWithZero) {
  Page page = MakePage();
  for (int i = 0; i < 3; ++i) AddChunk(&page, {Copy::PRESENT, Copy::PRESENT, Copy::PRESENT});
  page.mutable_chunks(1)->mutable_copies(2)->mutable_verified()->set_seconds(1'700'000'000);
  gateway_.SetExplanation({page});
  EXPECT_EQ(Explain(), 0);
  EXPECT_EQ(FirstLine(), "safe: each of 3 chunks has 3 good copies in 3 zones");
  EXPECT_THAT(out(), HasSubstr("object:   trebol://photos/a.jpg\n"));
  EXPECT_THAT(out(), HasSubstr("0      4.0 MiB         77  0000000000000001  10.0.0.1:9200  z1    "
                               "up    serving  present  -"));
  EXPECT_THAT(out(), HasSubstr("2023-11-1"));
  EXPECT_EQ(err(), "");
}

TEST_F(ObjectExplainTest, SaysWhatIsWrongAndEndsWithSix) {
  Page page = MakePage();
  AddChunk(&page, {Copy::PRESENT, Copy::PRESENT, Copy::PRESENT});
  AddChunk(&page, {Copy::PRESENT, Copy::UNREACHABLE, Copy::PRESENT});
  AddChunk(&page, {Copy::PRESENT, Copy::UNREACHABLE, Copy::CORRUPT});
  page.mutable_nodes(1)->set_problem("connection refused");
  page.mutable_nodes(1)->mutable_node()->set_down(true);
  gateway_.SetExplanation({page});
  EXPECT_EQ(Explain(), 6);
  EXPECT_EQ(FirstLine(),
            "at risk: 2 of 3 chunks have fewer than 3 good copies, 1 of them only one; "
            "10.0.0.2:9200 does not answer");
  EXPECT_THAT(out(), HasSubstr("down  serving  unreachable"));
  EXPECT_THAT(out(), HasSubstr("node 0000000000000002 (10.0.0.2:9200) does not answer: "
                               "connection refused"));
  EXPECT_EQ(err(), "") << "the answer is the result, not an error";
}

TEST_F(ObjectExplainTest, TellsLostFromNotReachable) {
  Page page = MakePage();
  AddChunk(&page, {Copy::PRESENT, Copy::PRESENT, Copy::PRESENT});
  AddChunk(&page, {Copy::ABSENT, Copy::UNREACHABLE, Copy::ABSENT});
  page.mutable_nodes(1)->set_problem("it did not answer");
  page.mutable_nodes(3)->set_problem("it did not answer");
  gateway_.SetExplanation({page});
  EXPECT_EQ(Explain(), 6);
  EXPECT_EQ(FirstLine(),
            "UNAVAILABLE: 1 of 2 chunks has no good copy on the nodes that answer; 10.0.0.2:9200 "
            "and 10.0.0.4:9200 do not answer");
  page = MakePage();
  AddChunk(&page, {Copy::ABSENT, Copy::CORRUPT, Copy::ABSENT}, /*lost=*/true);
  gateway_.SetExplanation({page});
  EXPECT_EQ(Explain(), 6);
  EXPECT_EQ(FirstLine(), "LOST: its only chunk has no good copy on any node");
  EXPECT_EQ(Explain({"--json"}), 6);
  EXPECT_THAT(out(), HasSubstr("\"verdict\":\"lost\""));
}

TEST_F(ObjectExplainTest, FewerZonesThanThereCouldBeAreNamed) {
  Page page = MakePage();
  AddChunk(&page, {Copy::PRESENT, Copy::PRESENT, Copy::ABSENT, Copy::PRESENT});
  AddChunk(&page, {Copy::PRESENT, Copy::PRESENT, Copy::PRESENT, Copy::PRESENT});
  page.mutable_chunks(0)->mutable_copies(3)->set_hint_for(3);
  page.mutable_summary()->set_least_zones(2);
  gateway_.SetExplanation({page});
  EXPECT_EQ(Explain(), 0);
  EXPECT_EQ(FirstLine(), "safe: each of 2 chunks has at least 3 good copies in at least 2 zones");
  EXPECT_THAT(out(), HasSubstr("handoff for 0000000000000003  present"));
}

TEST_F(ObjectExplainTest, AnEmptyObjectIsSafe) {
  gateway_.SetExplanation({MakePage()});
  EXPECT_EQ(Explain(), 0);
  EXPECT_EQ(FirstLine(), "safe: the object has no bytes");
}

TEST_F(ObjectExplainTest, LongObjectsAreSummarisedUnlessAllIsWanted) {
  Page first = MakePage();
  Page second = MakePage();
  for (int i = 0; i < 4; ++i) {
    AddChunk(&first, {Copy::PRESENT, Copy::PRESENT, Copy::PRESENT});
    AddChunk(&second, {Copy::PRESENT, Copy::PRESENT, Copy::ABSENT, Copy::PRESENT});
    second.mutable_chunks(i)->set_offset(16 * kMiB + second.chunks(i).offset());
    second.mutable_chunks(i)->set_id(absl::StrCat("id#", 4 + i));
  }
  first.set_next_offset(16 * kMiB);
  gateway_.SetExplanation({first, second});
  EXPECT_EQ(Explain(), 0);
  EXPECT_EQ(FirstLine(), "safe: each of 8 chunks has 3 good copies in 3 zones");
  EXPECT_THAT(out(), HasSubstr("     4  3 present                                 id#0\n"));
  EXPECT_THAT(out(), HasSubstr("     4  2 present, 1 present (handoff), 1 absent  id#4\n"));
  EXPECT_THAT(out(), HasSubstr("0000000000000003  10.0.0.3:9200  z3    up              4       4"));
  EXPECT_THAT(out(), Not(HasSubstr("PARTITION")));
  const auto asked = gateway_.explain_requests();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].version(), "");
  EXPECT_EQ(asked[1].offset(), 16 * kMiB);
  EXPECT_NE(asked[1].version(), "") << "pages are of one version";
  EXPECT_EQ(Explain({"--all"}), 0);
  EXPECT_THAT(out(), HasSubstr("PARTITION"));
  EXPECT_EQ(Explain({"--all", "--json"}), 0);
  const std::vector<std::string> lines = absl::StrSplit(out(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 9u);
  EXPECT_THAT(lines[7], HasSubstr("\"type\":\"chunk\",\"id\":\"id#7\""));
  EXPECT_THAT(lines[8], StartsWith("{\"type\":\"object\",\"key\":\"a.jpg\""));
  EXPECT_THAT(lines[8], HasSubstr("\"verdict\":\"safe\""));
}

TEST_F(ObjectExplainTest, PassesOnWhatIsWanted) {
  gateway_.SetExplanation({MakePage()});
  EXPECT_EQ(Explain({"--verify"}), 0);
  ASSERT_EQ(gateway_.explain_requests().size(), 1u);
  EXPECT_TRUE(gateway_.explain_requests()[0].verify());
  EXPECT_EQ(Explain({"--version", "no-such-version"}), 3);
}

TEST_F(ObjectExplainTest, MistakesAreExplained) {
  EXPECT_EQ(Run({"object", "explain", "trebol://photos"}), 2);
  EXPECT_THAT(err(), HasSubstr("names a bucket; this is about an object: trebol://photos/KEY"));
  EXPECT_EQ(Run({"object", "explain", "photos/a.jpg"}), 2);
  EXPECT_THAT(err(), HasSubstr("write trebol://BUCKET/KEY"));
  EXPECT_EQ(Run({"object", "explain", "s3://photos/a.jpg"}), 2);
  EXPECT_THAT(err(), HasSubstr("write trebol://photos/a.jpg"));
  EXPECT_EQ(Run({"object", "explain"}), 2);
  EXPECT_EQ(Run({"object", "explain", "trebol://photos/a.jpg", "trebol://photos/b.jpg"}), 2);
  EXPECT_EQ(Run({"object", "explain", "trebol://photos/none.jpg"}), 3);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/none.jpg"));
  EXPECT_EQ(Run({"object", "explain", "trebol://another/a.jpg"}), 3);
  EXPECT_EQ(Run({"object", "explain", "--verfy", "trebol://photos/a.jpg"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean '--verify'?"));
  EXPECT_EQ(Run({"explain", "trebol://photos/a.jpg"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean 'object explain'?"));
  EXPECT_EQ(Run({"object"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean 'object explain'?"));
}

}  // namespace
}  // namespace trebol::cli
