#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/reads.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::catalog {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kGeneration = testing::MemoryCatalog::kGeneration.value;

class RegisterNodeTest : public ::testing::Test {
 protected:
  RegisterNodeTest() { catalog_.Must(testing::RegisterNode(70)); }

  static v1::Command Again(uint64_t incarnation) {
    return testing::RegisterNode(70, incarnation, "cluster", kGeneration);
  }
  absl::Status Refused(const v1::Command& command) {
    const auto outcome = catalog_.Run(command);
    EXPECT_FALSE(outcome.ok());
    return outcome.status();
  }
  v1::ClusterMap Map() { return *GetMap(catalog_.rows()); }

  testing::MemoryCatalog catalog_;
};

TEST_F(RegisterNodeTest, ShowsTheNodeAsWaiting) {
  ASSERT_EQ(Map().nodes_size(), 1);
  EXPECT_EQ(Map().nodes(0).id(), 70u);
  EXPECT_EQ(Map().nodes(0).state(), v1::ClusterNode::WAITING);
  EXPECT_EQ(Map().epoch(), 2u);
}

TEST_F(RegisterNodeTest, ChangesTheMapOnlyWhenSomethingShownChanged) {
  catalog_.Must(Again(2));
  EXPECT_EQ(Map().epoch(), 2u);
  v1::Command moved = Again(3);
  moved.mutable_register_node()->mutable_request()->set_endpoint("127.0.0.1:1");
  catalog_.Must(moved);
  EXPECT_EQ(Map().epoch(), 3u);
  EXPECT_EQ(Map().nodes(0).endpoint(), "127.0.0.1:1");
  const uint64_t head = catalog_.head();
  catalog_.Must(moved);  // a repeat
  EXPECT_EQ(catalog_.head(), head);
}

TEST_F(RegisterNodeTest, RefusesOfOtherClustersAndLives) {
  EXPECT_EQ(ReasonOf(Refused(testing::RegisterNode(70, 2, "other", kGeneration))),
            v1::WRONG_CLUSTER);
  EXPECT_EQ(ReasonOf(Refused(testing::RegisterNode(70, 2, "cluster", 1))), v1::WRONG_GENERATION);
}

TEST_F(RegisterNodeTest, RefusesOneThatMetadataForgot) {
  const absl::Status status = Refused(testing::RegisterNode(99, 2, "cluster", kGeneration));
  EXPECT_EQ(ReasonOf(status), v1::LINEAGE_MISSING);
}

TEST_F(RegisterNodeTest, RefusesTwoProcessesWithOneId) {
  v1::Command copied = Again(1);
  copied.mutable_register_node()->mutable_request()->set_endpoint("127.0.0.1:1");
  EXPECT_EQ(ReasonOf(Refused(copied)), v1::NODE_CONFLICT);
  catalog_.Must(Again(5));
  const absl::Status older = Refused(Again(4));
  EXPECT_EQ(ReasonOf(older), v1::NODE_CONFLICT);
  EXPECT_THAT(std::string(older.message()), HasSubstr("counts 4 starts, but 5 are known"));
  v1::Command other_disk = Again(6);
  other_disk.mutable_register_node()->mutable_request()->set_disk_id(1234);
  EXPECT_EQ(ReasonOf(Refused(other_disk)), v1::NODE_CONFLICT);
}

TEST_F(RegisterNodeTest, RefusesOtherConstants) {
  v1::Command command = Again(2);
  command.mutable_register_node()->mutable_request()->mutable_constants()->set_partitions(32);
  const absl::Status status = Refused(command);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("partitions = 32"));
}

TEST_F(RegisterNodeTest, NoticesWhatComesBackWithLess) {
  v1::Command positions;
  auto& entry = *positions.mutable_record_positions()->add_entries();
  entry.set_node_id(70);
  entry.set_incarnation(1);
  entry.set_synced_position(5000);
  catalog_.Must(positions);
  v1::Command again = Again(2);
  again.mutable_register_node()->mutable_request()->set_synced_position(5000);
  EXPECT_FALSE(catalog_.Must(again).register_node().reconciling());
  again = Again(3);
  again.mutable_register_node()->mutable_request()->set_synced_position(4999);
  EXPECT_TRUE(catalog_.Must(again).register_node().reconciling());
  // Positions of an earlier start say nothing.
  catalog_.Must(positions);
  EXPECT_EQ(ReadNodes(catalog_.rows())->front().synced_position(), 4999u);
  entry.set_compared(true);
  catalog_.Must(positions);
  EXPECT_TRUE(ReadNodes(catalog_.rows())->front().reconciling());
  // Until it has compared itself with every peer since this start.
  entry.set_incarnation(3);
  entry.set_compared(false);
  catalog_.Must(positions);
  EXPECT_TRUE(ReadNodes(catalog_.rows())->front().reconciling()) << "nothing was compared yet";
  entry.set_compared(true);
  catalog_.Must(positions);
  EXPECT_FALSE(ReadNodes(catalog_.rows())->front().reconciling());
}

}  // namespace
}  // namespace trebol::catalog
