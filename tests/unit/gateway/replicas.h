#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/checksum/crc32c.h"
#include "tests/testing/gateway_rig.h"

namespace trebol {

/// A gateway's writer and reader of chunks on twins of the storage nodes.
class Replicas : public testing::Test {
 protected:
  ChunkId Id(uint32_t index = 0) const { return {{Generation(7), SessionId(1), 3}, index}; }

  std::future<absl::Status> StartWrite(const Bytes& data,
                                       RequestContextPtr context = BackgroundContext()) {
    auto permit = std::make_shared<Semaphore::Permit>(*rig_.memory->TryAcquire(data.size()));
    auto done = std::make_shared<std::promise<absl::Status>>();
    rig_.runtime.Spawn(
        rig_.writer->Write(std::move(context), Id(), data, Crc32c(data), std::move(permit)),
        [done](const absl::Status& status) { done->set_value(status); });
    return done->get_future();
  }
  absl::Status Write(const Bytes& data) { return StartWrite(data).get(); }
  absl::StatusOr<Bytes> Read(uint64_t offset, uint64_t length, uint32_t index = 0) {
    return rig_.runtime.BlockOn(rig_.reader->Read(BackgroundContext(), Id(index), offset, length));
  }
  std::future<absl::StatusOr<Bytes>> StartRead(uint64_t offset, uint64_t length) {
    auto done = std::make_shared<std::promise<absl::StatusOr<Bytes>>>();
    rig_.runtime.Spawn(rig_.reader->Read(BackgroundContext(), Id(), offset, length),
                       [done](const absl::StatusOr<Bytes>& bytes) { done->set_value(bytes); });
    return done->get_future();
  }
  /// Opens the breaker of a node.
  void Break(uint64_t node) {
    for (int i = 0; i < 5; ++i) {
      rig_.nodes->End(rig_.nodes->Begin(NodeId(node), NodeHealth::Kind::kPut, 1),
                      NodeHealth::Result::kUnreachable);
    }
  }
  PartitionId PartitionOfId() const { return PartitionOf(Id(), 4); }
  static std::string EndpointOf(NodeId node) { return absl::StrCat("n", node.value); }
  void StoreEverywhere(const Bytes& data) {
    ASSERT_TRUE(Write(data).ok());
    ASSERT_TRUE(GatewayRig::Until([&] {
      return rig_.storage->chunks("n1") + rig_.storage->chunks("n2") + rig_.storage->chunks("n3") ==
             3;
    }));
  }

  void ExpectNobodyIsBlamed() {
    // Behind a node that never failed come those that did.
    const std::vector<NodeId> nodes = {NodeId(1), NodeId(2), NodeId(3), NodeId(99)};
    EXPECT_THAT(rig_.nodes->Order(*rig_.maps->Current(), nodes, 0),
                testing::ElementsAreArray(nodes));
  }

  GatewayRig rig_;
  const Bytes data_ = Bytes(GatewayRig::Text(900));
};

}  // namespace trebol
