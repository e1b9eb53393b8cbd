#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/async/blocking_pool.h"
#include "common/async/periodic.h"
#include "common/async/runtime.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/rpc/rpc_server.h"
#include "common/stub/peer_stub.h"
#include "common/stub/storage_stub.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/cluster_controller.h"
#include "metadata/service/first_start.h"
#include "metadata/service/trouble.h"

namespace grpc {
class Service;
}

namespace trebol {

/// A metadata process, wired: catalog, controller, services.
class MetadataServer {
 public:
  struct Options {
    Catalog::Options catalog;
    /// host:port, port 0 is chosen; empty: in-process only.
    std::string listen = "127.0.0.1:9300";
    /// Empty: `cluster.secret` in the directory of the catalog, made at the first start.
    std::string secret_file;
    /// Root's key, and buckets.
    FirstStart first_start;
    /// Where a key is kept that was drawn; empty: `credentials` in the directory of the catalog.
    std::string credentials_file;
    int threads = 8;  // for reads and what nodes ask
    ClusterController::Options controller;
  };

  /// Opens the catalog and serves. With nodes known from before, it answers NOT_READY until it has
  /// heard them (the lineage gate).
  static absl::StatusOr<std::unique_ptr<MetadataServer>> Start(const Options& options,
                                                               ChannelFactory channels,
                                                               const Clock& clock);
  ~MetadataServer();

  /// No more calls to nodes: before any of them ends, in one process with them. Idempotent.
  void StopBackground();

  const std::string& endpoint() const { return server_->endpoint(); }
  RpcServer& server() { return *server_; }
  const std::string& secret() const { return secret_; }
  const std::string& credentials_file() const { return credentials_file_; }
  /// Root's key, if it was drawn and this is the first start with it: to be shown once.
  const std::optional<AccessPair>& drawn_root() const { return drawn_root_; }
  const std::string& cluster_id() const { return catalog_->identity().cluster_id; }
  ClusterController& controller() { return *controller_; }

  /// Empty when ready; otherwise what is missing, a sentence each.
  std::vector<std::string> Missing() const;
  /// Why the cluster does not take all writes; empty: it does.
  std::string NoWrites() const;
  /// Why this process may not be taken away.
  std::string Needed() const;
  /// The disk failed: nothing is served until a restart.
  absl::Status fatal() const;

 private:
  MetadataServer(std::unique_ptr<Catalog> catalog, std::string secret, ChannelFactory channels,
                 int threads);
  absl::Status SettleRoot(const Options& options);
  void ReportRoot();
  absl::StatusOr<std::string> EndpointOf(NodeId node);
  absl::Status DeleteFrom(NodeId node, const std::vector<VersionId>& versions, Epoch map_epoch);
  absl::StatusOr<std::vector<ChunkAudit::Answer>> StatOn(NodeId node,
                                                         absl::Span<const ChunkId> chunks);
  absl::StatusOr<OrphanAudit::Page> ListOf(NodeId node, const VersionId& after, size_t limit);
  absl::Duration Tick();
  absl::Duration Collect();
  absl::Duration Audit();

  const std::unique_ptr<Catalog> catalog_;
  const std::string secret_;
  Runtime runtime_;
  const std::shared_ptr<Identity> identity_;
  const std::shared_ptr<BlockingPool> pool_;
  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<PeerStub> peers_;
  const RequestContextPtr audit_context_ = BackgroundContext();
  std::string credentials_file_;
  std::optional<AccessPair> drawn_root_;
  bool root_reported_ = false;  // of the ticking thread
  std::unique_ptr<ClusterController> controller_;
  std::unique_ptr<grpc::Service> metadata_service_;
  std::unique_ptr<grpc::Service> identity_service_;
  std::unique_ptr<grpc::Service> cluster_service_;
  std::unique_ptr<RpcServer> server_;
  Trouble ticking_trouble_;
  Trouble collecting_trouble_;
  Trouble auditing_trouble_;
  std::unique_ptr<Periodic> ticking_;     // last: their threads use the rest
  std::unique_ptr<Periodic> collecting_;  // apart, because it waits for nodes
  std::unique_ptr<Periodic> auditing_;    // likewise, and for long
};

/// Prints the two lines of a key that was drawn, for whoever starts the program.
void ShowDrawnRoot(const MetadataServer& server);

}  // namespace trebol
