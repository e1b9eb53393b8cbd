#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/async/blocking_pool.h"
#include "common/async/periodic.h"
#include "common/async/runtime.h"
#include "common/base/clock.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/rpc/rpc_server.h"
#include "storage-node/background/background.h"
#include "storage-node/background/membership.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "storage-node/service/map_view.h"

namespace grpc {
class Service;
}

namespace trebol {

/// A storage node, wired: one store, its service, its membership.
class StorageNode {
 public:
  struct Options {
    EngineOptions engine;
    /// host:port, port 0 is chosen; empty: in-process only, and `advertise` must be set.
    std::string listen = "127.0.0.1:9200";
    /// What others call; empty: where it listens.
    std::string advertise;
    std::string admin_endpoint;  // for people
    std::string metadata = "127.0.0.1:9300";
    std::string zone = "default";
    double weight = 1;
    /// As many writers as may share one flush.
    int threads = 32;
    Background::Options background;
  };

  /// Opens the store, replays it, serves. Registration follows in the background.
  static absl::StatusOr<std::unique_ptr<StorageNode>> Start(const Options& options,
                                                            ChannelFactory channels,
                                                            std::string secret, const Clock& clock);
  ~StorageNode();

  /// Where it serves; empty when only in-process.
  const std::string& endpoint() const { return server_->endpoint(); }
  RpcServer& server() { return *server_; }
  SegmentChunkStore& store() { return *store_; }
  BlockingPool::Load load() const { return pool_->load(); }
  /// No more calls to other nodes: before any of them ends, in one process with them.
  void StopBackground() { background_->Stop(); }

  /// Itself and what it does in the background, as a status of one node.
  v1::ClusterStatus Describe();

  /// Empty when ready; otherwise what is missing, a sentence each.
  std::vector<std::string> Missing() const;
  /// Why the cluster does not take all writes, as far as this node knows; empty: it does.
  std::string NoWrites() const;
  /// Why this node may not be taken away: partitions would take no writes; empty: it may.
  std::string Needed() const;
  /// An error that will not pass by itself: an operator must act.
  absl::Status fatal() const;

 private:
  StorageNode(std::unique_ptr<SegmentChunkStore> store, const Options& options, std::string secret,
              const Clock& clock);
  absl::Duration Tick();

  const Options options_;
  const std::unique_ptr<SegmentChunkStore> store_;
  Runtime runtime_;
  const std::shared_ptr<Identity> identity_;
  const std::shared_ptr<BlockingPool> pool_;
  MapView map_;
  std::unique_ptr<grpc::Service> chunk_service_;
  std::unique_ptr<grpc::Service> peer_service_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<Background> background_;
  std::unique_ptr<Membership> membership_;

  mutable Mutex mutex_;
  absl::Status last_tick_ ABSL_GUARDED_BY(mutex_) = absl::UnavailableError("not asked yet");

  std::unique_ptr<Periodic> periodic_;  // last: its thread uses the rest
};

}  // namespace trebol
