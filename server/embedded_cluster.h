#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "gateway/gateway.h"
#include "metadata/service/metadata_server.h"
#include "server/in_process_network.h"
#include "storage-node/storage_node.h"

namespace trebol {

/// A whole cluster in one process: the same classes as the separate programs, wired here and
/// talking through in-process channels. Only the gateway's port is opened.
class EmbeddedCluster {
 public:
  struct Options {
    /// One directory holds three storage nodes; several hold one each. Metadata lives in the first.
    std::vector<std::string> directories;
    std::string listen = "127.0.0.1:9100";
    std::optional<S3ServerOptions> s3;
    uint32_t copies = 3;  // 1, 2 or 3
    ClusterController::Options controller;
    /// Root's key, and buckets. A key that is drawn is kept in `credentials` of the first
    /// directory.
    FirstStart first_start;
  };

  /// Storage nodes that `directories` make.
  static int NodesFor(const Options& options);

  static absl::StatusOr<std::unique_ptr<EmbeddedCluster>> Start(const Options& options,
                                                                const Clock& clock,
                                                                Registry& registry);
  /// Gateway first, so that what it answered is finished; metadata last.
  ~EmbeddedCluster();

  const std::string& endpoint() const { return gateway_->endpoint(); }
  Gateway& gateway() { return *gateway_; }
  MetadataServer& metadata() { return *metadata_; }
  StorageNode& node(size_t index) { return *nodes_[index]; }
  size_t node_count() const { return nodes_.size(); }

  /// Empty when ready; otherwise what is missing, a sentence each.
  std::vector<std::string> Missing() const;
  absl::Status fatal() const;

 private:
  EmbeddedCluster() = default;

  InProcessNetwork network_;
  std::unique_ptr<MetadataServer> metadata_;
  std::vector<std::unique_ptr<StorageNode>> nodes_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace trebol
