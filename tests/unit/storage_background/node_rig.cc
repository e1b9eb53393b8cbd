#include "tests/unit/storage_background/node_rig.h"

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/checksum/crc32c.h"

namespace trebol {

NodeRig::Node::Node(uint64_t number, NodeRig& rig)
    : map(NodeId(number), store),
      peers(runtime, rig.network.peer_stub(), rig.network.storage_stub(), map),
      sync(store, store, map, peers, rig.never_, rig.nothing_paused_, rig.clock,
           PartitionSync::Options()),
      hand_over(store, store, map, peers, rig.never_, rig.nothing_paused_, rig.clock,
                HandOver::Options()) {}

NodeRig::NodeRig(const Ids& serving) {
  proto_.set_cluster_id("cluster-of-tests");
  proto_.set_generation(1);
  proto_.mutable_constants()->set_partitions(1);
  proto_.mutable_constants()->set_copies(3);
  proto_.mutable_constants()->set_write_quorum(2);
  proto_.add_partitions();
  for (uint64_t number = 1; number <= kNodes; ++number) {
    v1::ClusterNode* node = proto_.add_nodes();
    node->set_id(number);
    node->set_endpoint(EndpointOf(number));
    node->set_weight(1);
    node->set_state(v1::ClusterNode::ACTIVE);
    nodes_.push_back(std::make_unique<Node>(number, *this));
    network.servers[EndpointOf(number)] = {&store(number), &map(number)};
  }
  Change(serving, {}, {});
  InstallAll();
}

std::string NodeRig::EndpointOf(uint64_t node) { return absl::StrCat("node-", node); }

void NodeRig::Change(const Ids& serving, const Ids& incoming, const Ids& leaving) {
  proto_.set_epoch(proto_.epoch() + 1);
  v1::PartitionEntry& entry = *proto_.mutable_partitions(0);
  entry.set_epoch(proto_.epoch());
  entry.mutable_serving()->Assign(serving.begin(), serving.end());
  entry.mutable_incoming()->Assign(incoming.begin(), incoming.end());
  entry.mutable_leaving()->Assign(leaving.begin(), leaving.end());
}

void NodeRig::SetDown(uint64_t node, bool down) {
  proto_.set_epoch(proto_.epoch() + 1);
  proto_.mutable_nodes(static_cast<int>(node) - 1)->set_down(down);
}

void NodeRig::SetOut(uint64_t node) {
  proto_.set_epoch(proto_.epoch() + 1);
  proto_.mutable_nodes(static_cast<int>(node) - 1)->set_state(v1::ClusterNode::OUT);
}

void NodeRig::Install(uint64_t node) {
  TREBOL_CHECK(map(node).Install(ClusterMap::FromProto(proto_).value()).ok());
}

void NodeRig::InstallAll() {
  for (uint64_t node = 1; node <= kNodes; ++node) Install(node);
}

std::string NodeRig::BytesOf(uint64_t chunk) { return absl::StrCat("chunk ", chunk); }

void NodeRig::Store(uint64_t node, uint64_t chunk) {
  const std::string bytes = BytesOf(chunk);
  TREBOL_CHECK(store(node).Put(Chunk(chunk), Bytes(bytes), Crc32c(bytes), {}).ok());
}

void NodeRig::Delete(uint64_t node, uint64_t chunk) {
  TREBOL_CHECK(store(node).DeleteVersions({Chunk(chunk).version}).ok());
}

bool NodeRig::HasGood(uint64_t node, uint64_t chunk) {
  const auto data = store(node).Get(Chunk(chunk), 0, 0);
  return data.ok() && data->data == BytesOf(chunk);
}

}  // namespace trebol
