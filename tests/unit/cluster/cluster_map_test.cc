#include "common/cluster/cluster_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

/// Three nodes 1, 2, 3 and `partitions` partitions that all three serve.
v1::ClusterMap MapOf(uint32_t partitions) {
  v1::ClusterMap map;
  map.set_epoch(7);
  map.mutable_constants()->set_partitions(partitions);
  map.mutable_constants()->set_copies(3);
  map.mutable_constants()->set_write_quorum(2);
  for (uint64_t id : {1, 2, 3}) {
    v1::ClusterNode& node = *map.add_nodes();
    node.set_id(id);
    node.set_zone("z");
    node.set_weight(1);
  }
  for (uint32_t p = 0; p < partitions; ++p) {
    v1::PartitionEntry& entry = *map.add_partitions();
    entry.set_partition(p);
    entry.set_epoch(5);
    for (uint64_t id : {3, 1, 2}) entry.add_serving(id);
  }
  return map;
}

void ExpectRefused(const v1::ClusterMap& proto, const std::string& why) {
  const auto map = ClusterMap::FromProto(proto);
  ASSERT_FALSE(map.ok()) << "expected: " << why;
  EXPECT_EQ(map.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(map.status()), v1::INVALID_ARGUMENT);
  EXPECT_THAT(std::string(map.status().message()), HasSubstr(why));
}

TEST(ClusterMap, GivesBackWhatTheMessageSaid) {
  const auto map = ClusterMap::FromProto(MapOf(4)).value();
  EXPECT_EQ(map->epoch(), Epoch(7));
  EXPECT_TRUE(map->has_table());
  EXPECT_EQ(map->copies(), 3u);
  EXPECT_EQ(map->write_quorum(), 2u);
  EXPECT_EQ(map->partition_count(), 4u);
  const ReplicaSet& set = map->Replicas(PartitionId(2));
  EXPECT_EQ(set.partition, PartitionId(2));
  EXPECT_EQ(set.epoch, Epoch(5));
  EXPECT_EQ(set.serving, (std::vector<NodeId>{NodeId(3), NodeId(1), NodeId(2)}));
  EXPECT_EQ(ToProto(set).SerializeAsString(), map->proto().partitions(2).SerializeAsString());
  EXPECT_EQ(map->FindNode(NodeId(3))->id(), 3u);
  EXPECT_EQ(map->FindNode(NodeId(4)), nullptr);
}

TEST(ClusterMap, HasNoTableUntilThereIsOne) {
  v1::ClusterMap proto = MapOf(4);
  proto.clear_partitions();
  EXPECT_FALSE(ClusterMap::FromProto(proto).value()->has_table());
}

TEST(ClusterMap, RefusesContradictions) {
  ExpectRefused(MapOf(3), "power of two");
  ExpectRefused(v1::ClusterMap(), "power of two");

  v1::ClusterMap map = MapOf(4);
  map.mutable_constants()->set_partitions(8);
  ExpectRefused(map, "a table of 4 entries for 8 partitions");

  map = MapOf(4);
  map.mutable_constants()->set_write_quorum(4);
  ExpectRefused(map, "write quorum of 4 of 3");

  map = MapOf(4);
  map.mutable_partitions(1)->set_partition(2);
  ExpectRefused(map, "entry 1 is of partition 2");

  map = MapOf(4);
  map.mutable_partitions(1)->set_serving(0, 9);
  ExpectRefused(map, "0000000000000009");

  map = MapOf(4);
  map.mutable_partitions(1)->set_serving(0, 1);
  ExpectRefused(map, "names a node twice");

  map = MapOf(4);
  map.mutable_partitions(1)->add_incoming(1);
  ExpectRefused(map, "names a node twice");

  map = MapOf(4);
  map.mutable_partitions(1)->add_leaving(1);
  ExpectRefused(map, "names a node twice");

  map = MapOf(4);
  map.mutable_partitions(3)->clear_serving();
  ExpectRefused(map, "nobody serves partition 3");
  map.mutable_partitions(3)->add_leaving(1);
  ExpectRefused(map, "nobody serves partition 3");

  map = MapOf(4);
  map.mutable_partitions(3)->set_epoch(8);
  ExpectRefused(map, "partition 3 changed at epoch 8");

  map = MapOf(4);
  map.mutable_nodes(2)->set_id(1);
  ExpectRefused(map, "listed twice");

  map = MapOf(4);
  map.mutable_nodes(2)->clear_id();
  ExpectRefused(map, "without an id");
}

TEST(ClusterMap, TakesAPartitionWhoseMembersAllBeginAnew) {
  v1::ClusterMap map = MapOf(4);
  map.mutable_partitions(3)->clear_serving();
  map.mutable_partitions(3)->add_incoming(2);
  EXPECT_TRUE(ClusterMap::FromProto(map).ok());
}

TEST(ClusterMap, PlacesByTheTopBitsOfTheHash) {
  const ChunkId id{{Generation(1), SessionId(2), 3}, 4};
  EXPECT_EQ(ClusterMap::FromProto(MapOf(1)).value()->PartitionOf(id), PartitionId(0));
  EXPECT_EQ(ClusterMap::FromProto(MapOf(4)).value()->PartitionOf(id),
            PartitionId(PlacementHash(id) >> 62));
  EXPECT_EQ(ClusterMap::FromProto(MapOf(4096)).value()->PartitionOf(id),
            PartitionId(PlacementHash(id) >> 52));
}

TEST(PlacementHash, IsFrozen) {
  // XXH3-64 of three big-endian u64 and one big-endian u32; the algorithm is frozen since 0.8.0.
  EXPECT_EQ(PlacementHash({{Generation(1), SessionId(2), 3}, 4}), 0xd1534663bb99c366ull);
  EXPECT_EQ(PlacementHash({}), 0xce61ca9d7b6f0bb2ull);
}

}  // namespace
}  // namespace trebol
