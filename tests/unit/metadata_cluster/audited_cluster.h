#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/proto_ids.h"
#include "common/cluster/placement.h"
#include "gtest/gtest.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/audited_node.h"
#include "metadata/cluster/table_maker.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/temporary_directory.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// A catalog, five nodes that all are up, three copies, chunks of 1,024 bytes, and what nodes hold.
class AuditedCluster : public ::testing::Test {
 protected:
  using State = v1::StatChunkResponse;
  static constexpr uint64_t kSession = 7;
  static constexpr uint64_t kNodes = 5;

  void SetUp() override {
    Catalog::Options options;
    options.directory = directory_.path();
    options.clock = &clock_;
    options.constants.set_partitions(64);
    options.constants.set_initial_nodes(kNodes);
    catalog_ = *Catalog::Open(options);
    ASSERT_TRUE(catalog_->BeginTerm().ok());
    absl::flat_hash_set<NodeId> all;
    for (uint64_t node = 1; node <= kNodes; ++node) {
      Run(testing::RegisterNode(node));
      all.insert(NodeId(node));
    }
    v1::Command install;
    *install.mutable_install_map() = **TableMaker(PlanFirstTable).Propose(*catalog_->Map(), all);
    Run(install);
    RefreshMap();
    for (const NodeId node : all) {
      nodes_[node] = {.up = true, .map_epoch = map_->epoch(), .incarnation = 1};
    }
    Run(testing::OpenSession(kSession));
    Run(testing::CreateBucket({kSession, 1}, "bucket"));
  }

  v1::Outcome Run(const v1::Command& command) {
    const auto result = catalog_->Submit(command);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->outcome : v1::Outcome();
  }
  void RefreshMap() { map_ = *ClusterMap::FromProto(*catalog_->Map()); }
  VersionId Version(uint64_t sequence, uint64_t session = kSession) {
    return {catalog_->identity().generation, SessionId(session), sequence};
  }
  const ReplicaSet& SetOf(const ChunkId& id) { return map_->Replicas(map_->PartitionOf(id)); }
  std::vector<NodeId> Others(const ChunkId& id) {
    std::vector<NodeId> others;
    for (const auto& [node, view] : nodes_) {
      if (!SetOf(id).IsMember(node)) others.push_back(node);
    }
    return others;
  }
  /// The chunks of the version, on all members.
  void Store(const VersionId& version, uint32_t chunks) {
    for (uint32_t i = 0; i < chunks; ++i) {
      for (const NodeId node : SetOf({version, i}).Members()) held_[node][{version, i}] = 1024;
    }
  }
  VersionId Put(uint64_t sequence, const std::string& key, uint32_t chunks = 1) {
    Run(testing::PutObject({kSession, 10 * sequence}, "bucket", key, Version(sequence),
                           uint64_t{chunks} * 1024));
    Store(Version(sequence), chunks);
    return Version(sequence);
  }
  /// Gone from every node that has it.
  void Lose(const ChunkId& id) {
    for (auto& [node, chunks] : held_) chunks.erase(id);
  }

  testing::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<Catalog> catalog_;
  std::shared_ptr<const ClusterMap> map_;
  AuditedNodes nodes_;
  std::map<NodeId, std::map<ChunkId, uint64_t>> held_;  // bytes
};

}  // namespace trebol
