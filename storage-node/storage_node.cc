#include "storage-node/storage_node.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/cluster/write_quorum.h"
#include "common/rpc/batcher.h"
#include "common/stub/grpc_cluster_stub.h"
#include "common/stub/grpc_peer_stub.h"
#include "common/stub/grpc_storage_stub.h"
#include "common/telemetry/log.h"
#include "storage-node/service/chunk_service.h"
#include "storage-node/service/peer_service.h"

namespace trebol {
namespace {

constexpr absl::Duration kTickUntilReady = absl::Milliseconds(100);
constexpr absl::Duration kShutdownGrace = absl::Seconds(5);

}  // namespace

StorageNode::StorageNode(std::unique_ptr<SegmentChunkStore> store, const Options& options,
                         std::string secret, const Clock& clock)
    : options_(options),
      store_(std::move(store)),
      runtime_(1),
      identity_(std::make_shared<Identity>(std::move(secret))),
      pool_(
          std::make_shared<BlockingPool>(BlockingPool::Options{.threads = options.threads}, clock)),
      map_(store_->identity().node, *store_) {
  const InternalDoor door(identity_, pool_);
  chunk_service_ = MakeChunkService(door, *store_, map_);
  peer_service_ = MakePeerService(door, *store_, store_->inventory(), map_);
}

absl::StatusOr<std::unique_ptr<StorageNode>> StorageNode::Start(const Options& options,
                                                                ChannelFactory channels,
                                                                std::string secret,
                                                                const Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<SegmentChunkStore> store,
                   SegmentChunkStore::Open(options.engine));
  std::unique_ptr<StorageNode> node(
      new StorageNode(std::move(store), options, std::move(secret), clock));
  ASSIGN_OR_RETURN(node->server_, RpcServer::Start(options.listen, {node->chunk_service_.get(),
                                                                    node->peer_service_.get()}));
  Membership::Self self;
  self.endpoint = options.advertise.empty() ? node->server_->endpoint() : options.advertise;
  self.admin_endpoint = options.admin_endpoint;
  self.zone = options.zone;
  self.weight = options.weight;
  const auto peers = std::make_shared<Channels>(std::move(channels));
  auto stub = std::make_shared<GrpcClusterStub>(peers, node->identity_, options.metadata);
  node->background_ = std::make_unique<Background>(
      node->runtime_, std::make_shared<GrpcPeerStub>(peers, node->identity_),
      std::make_shared<GrpcStorageStub>(
          peers, node->identity_,
          std::make_shared<Batcher>(node->runtime_, peers, node->identity_)),
      *node->store_, node->map_, clock, options.background);
  node->membership_ = std::make_unique<Membership>(
      node->runtime_, std::move(stub), node->identity_, *node->store_, node->map_, *node->pool_,
      std::move(self),
      [background = node->background_.get()](v1::HeartbeatRequest* heartbeat) {
        background->Describe(heartbeat);
      },
      [background = node->background_.get()](const v1::HeartbeatResponse& answer) {
        background->Heed(answer);
      });
  node->periodic_ = std::make_unique<Periodic>([node = node.get()] { return node->Tick(); });
  return node;
}

StorageNode::~StorageNode() {
  periodic_.reset();
  background_.reset();
  if (server_ != nullptr) server_->Shutdown(kShutdownGrace);
  runtime_.Drain();
}

absl::Duration StorageNode::Tick() {
  const Epoch before = map_.map_epoch();
  absl::Status status = membership_->Tick();
  if (map_.map_epoch() != before) background_->Wake();
  bool said = false;
  {
    MutexLock lock(&mutex_);
    said = status == last_tick_;
    last_tick_ = status;
  }
  if (!status.ok() && !said) {
    Log(LogLevel::kWarning, "storage", "metadata did not take the heartbeat",
        {{"metadata", options_.metadata}, {"why", std::string(status.message())}});
  }
  const bool ready = Missing().empty();
  server_->SetServing(ready);
  // Quick until it serves: a cluster that forms or restarts waits for its nodes.
  const bool serves = membership_->registered() && map_.has_table();
  return serves ? kHeartbeatInterval : kTickUntilReady;
}

v1::ClusterStatus StorageNode::Describe() {
  v1::ClusterStatus status;
  v1::NodeStatus& node = *status.add_nodes();
  node.mutable_node()->set_id(store_->identity().node.value);
  node.mutable_node()->set_endpoint(options_.advertise.empty() ? server_->endpoint()
                                                               : options_.advertise);
  background_->Describe(node.mutable_last());
  return status;
}

std::vector<std::string> StorageNode::Missing() const {
  std::vector<std::string> missing;
  if (!membership_->registered()) {
    MutexLock lock(&mutex_);
    missing.push_back(absl::StrCat("not registered with metadata at ", options_.metadata, ": ",
                                   last_tick_.message()));
  }
  if (store_->Statistics().failed) {
    missing.push_back("a flush failed and the store is out of service; check the disk and restart");
  }
  return missing;
}

std::string StorageNode::NoWrites() const {
  const auto map = map_.map();
  MutexLock lock(&mutex_);
  if (!last_tick_.ok()) {
    return absl::StrCat("metadata at ", options_.metadata,
                        " does not take this node's heartbeats: ", last_tick_.message());
  }
  if (map == nullptr) return "this node has no cluster map yet";
  return WhyNoWrites(*map);
}

std::string StorageNode::Needed() const {
  const auto map = map_.map();
  if (map == nullptr || !map->has_table()) return "";
  return WhyNoWrites(*map, map_.self());
}

absl::Status StorageNode::fatal() const {
  MutexLock lock(&mutex_);
  return IsFatalForMember(last_tick_) ? last_tick_ : absl::OkStatus();
}

}  // namespace trebol
