#include "metadata/catalog/constants.h"

#include "common/base/error.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::catalog {
namespace {

using ::testing::HasSubstr;

v1::ClusterConstants Constants(uint32_t partitions, uint32_t copies, uint32_t nodes) {
  v1::ClusterConstants constants;
  constants.set_partitions(partitions);
  constants.set_copies(copies);
  constants.set_write_quorum(1);
  constants.set_initial_nodes(nodes);
  return constants;
}

// The command that installs the first table, with all that it names as long as it may well be.
v1::Command FirstTable(const v1::ClusterConstants& constants) {
  v1::Command command;
  command.mutable_install_map()->set_expected_epoch(1u << 31);
  v1::ClusterMap& map = *command.mutable_install_map()->mutable_map();
  map.set_cluster_id(std::string(32, 'c'));
  map.set_generation(~0ull);
  map.set_epoch(1u << 31);
  *map.mutable_constants() = constants;
  for (uint32_t i = 0; i < constants.initial_nodes(); ++i) {
    v1::ClusterNode& node = *map.add_nodes();
    node.set_id(~0ull);
    node.set_endpoint("storage-12345.data.example.com:9200");
    node.set_admin_endpoint("storage-12345.data.example.com:9201");
    node.set_zone("rack-12345");
    node.set_weight(1);
    node.set_state(v1::ClusterNode::ACTIVE);
  }
  for (uint32_t i = 0; i < constants.partitions(); ++i) {
    v1::PartitionEntry& entry = *map.add_partitions();
    entry.set_partition(i);
    entry.set_epoch(1u << 31);
    for (uint32_t copy = 0; copy < constants.copies(); ++copy) entry.add_serving(~0ull);
  }
  return command;
}

TEST(Constants, WhatIsAllowedFitsIntoACommand) {
  for (uint32_t copies = 1; copies <= 7; ++copies) {
    for (uint32_t partitions = 4096; partitions <= 16'384; partitions *= 2) {
      uint32_t nodes = 10'000;
      while (nodes > 0 && !ValidateConstants(Constants(partitions, copies, nodes)).ok()) --nodes;
      if (nodes == 0) continue;
      EXPECT_LE(FirstTable(Constants(partitions, copies, nodes)).ByteSizeLong(),
                kMaxTransactionSize)
          << partitions << " x " << copies << " on " << nodes;
    }
  }
}

TEST(Constants, SaysWhyAMapIsTooLarge) {
  EXPECT_TRUE(ValidateConstants(Constants(16'384, 3, 1000)).ok());
  EXPECT_TRUE(ValidateConstants(Constants(8192, 7, 1000)).ok());
  const absl::Status refused = ValidateConstants(Constants(16'384, 7, 7));
  EXPECT_EQ(ReasonOf(refused), v1::INVALID_ARGUMENT);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("choose fewer partitions, copies or initial nodes"));
}

}  // namespace
}  // namespace trebol::catalog
