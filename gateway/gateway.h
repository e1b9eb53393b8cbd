#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/async/periodic.h"
#include "common/async/runtime.h"
#include "common/base/clock.h"
#include "common/base/limits.h"
#include "common/rpc/batcher.h"
#include "common/rpc/channels.h"
#include "common/rpc/rpc_server.h"
#include "common/stub/identity_stub.h"
#include "gateway/auth/key_cache.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/cluster/session_reporter.h"
#include "gateway/object/object_operations.h"
#include "gateway/replication/node_health.h"
#include "gateway/replication/node_probe.h"
#include "gateway/replication/replica_reader.h"
#include "gateway/replication/replica_writer.h"
#include "gateway/replication/replication_metrics.h"
#include "gateway/request_log.h"
#include "gateway/s3/door/s3_server.h"

namespace grpc {
class Service;
}

namespace trebol {

/// A gateway, wired: front door, operations, replication, session. Holds no state that must
/// survive.
class Gateway {
 public:
  struct Options {
    std::string listen = "127.0.0.1:9100";
    /// What people are shown; empty: where it listens.
    std::string advertise;
    std::string metadata = "127.0.0.1:9300";
    /// Bytes of chunks that uploads may hold, stragglers included. Uploads wait beyond it. Twice
    /// as much may be in their streams on the way to a chunk; beyond it uploads are refused.
    uint64_t write_memory_bytes = 64 * kMiB;
    /// Bytes that downloads may hold. Apart, so that slow readers do not stop writers.
    uint64_t read_memory_bytes = 64 * kMiB;
    /// Threads of the coroutines.
    int threads = 2;
    /// The S3 door; none: gRPC alone.
    std::optional<S3ServerOptions> s3;
  };

  /// Serves at once, with UNAVAILABLE until it is ready. `secret` is the cluster's; `registry`
  /// outlives the gateway.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Options& options,
                                                        ChannelFactory channels, std::string secret,
                                                        const Clock& clock, Registry& registry);
  /// Lets requests that run end for a few seconds, then breaks them off.
  ~Gateway();

  const std::string& endpoint() const { return server_->endpoint(); }
  /// "http[s]://host:port"; empty without an S3 door.
  std::string s3_url() const;

  /// Empty when ready; otherwise what is missing, a sentence each.
  std::vector<std::string> Missing() const;
  /// Why the cluster does not take all writes, as far as this gateway knows; empty: it does.
  std::string NoWrites() const;
  /// An error that will not pass by itself (a wrong cluster secret): an operator must act.
  absl::Status fatal() const;
  /// The cluster as metadata last described it, with the nodes as this gateway finds them.
  v1::ClusterStatus cluster_status() const;

  /// Zero while there is no map.
  Epoch map_epoch() const;
  uint64_t write_memory_in_use() const;
  uint64_t read_memory_in_use() const;

 private:
  Gateway(const Options& options, ChannelFactory channels, std::string secret, const Clock& clock,
          Registry& registry);
  absl::Status StartS3();
  /// For "live", "ready" and "cluster": OK, or why not.
  absl::Status Health(absl::string_view which) const;
  absl::Duration Tick();

  const Options options_;
  Runtime runtime_;
  const std::shared_ptr<Identity> identity_;
  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<Batcher> batcher_;
  const std::shared_ptr<NodeHealth> nodes_;
  const std::shared_ptr<ReplicationMetrics> replication_metrics_;
  const std::shared_ptr<StorageStub> unwatched_storage_;
  const std::shared_ptr<StorageStub> storage_;  // whose calls `nodes_` hears of
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<ClusterStub> cluster_;
  const std::shared_ptr<IdentityStub> keys_of_metadata_;
  const std::shared_ptr<KeyCache> keys_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<GatewaySession> session_;
  const std::shared_ptr<ReplicaWriter> writer_;
  const std::shared_ptr<ReplicaReader> reader_;
  const std::shared_ptr<Semaphore> write_memory_;
  const std::shared_ptr<Semaphore> read_memory_;
  SessionReporter reporter_;
  NodeProbe probe_;
  RequestLog requests_;
  const std::shared_ptr<BucketLookup> buckets_;
  ObjectOperations operations_;
  std::unique_ptr<grpc::Service> object_service_;
  std::unique_ptr<grpc::Service> session_service_;
  std::unique_ptr<grpc::Service> admin_service_;
  std::unique_ptr<grpc::Service> access_service_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<S3Server> s3_;

  mutable Mutex mutex_;
  v1::ClusterStatus status_ ABSL_GUARDED_BY(mutex_);
  absl::Status reached_ ABSL_GUARDED_BY(mutex_) = absl::UnavailableError("not asked yet");
  absl::Status session_status_ ABSL_GUARDED_BY(mutex_);

  std::unique_ptr<Periodic> periodic_;  // last: its thread uses the rest
};

}  // namespace trebol
