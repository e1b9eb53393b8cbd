#include "server/embedded_cluster.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr char kMetadataEndpoint[] = "inproc:metadata";
constexpr int kNodesOfOneDirectory = 3;

struct NodePlace {
  std::string directory;
  std::string zone;
};

/// Where each storage node lives. Nodes of several directories are on several disks, as far as the
/// user says: each is a zone of its own.
std::vector<NodePlace> PlacesFor(const std::vector<std::string>& directories) {
  std::vector<NodePlace> places;
  const bool one = directories.size() == 1;
  const size_t count = one ? kNodesOfOneDirectory : directories.size();
  for (size_t i = 0; i < count; ++i) {
    const std::string& base = one ? directories.front() : directories[i];
    places.push_back({absl::StrCat(base, "/storage-", one ? i : 0), absl::StrCat("disk-", i)});
  }
  return places;
}

}  // namespace

int EmbeddedCluster::NodesFor(const Options& options) {
  return static_cast<int>(PlacesFor(options.directories).size());
}

absl::StatusOr<std::unique_ptr<EmbeddedCluster>> EmbeddedCluster::Start(const Options& options,
                                                                        const Clock& clock,
                                                                        Registry& registry) {
  std::unique_ptr<EmbeddedCluster> cluster(new EmbeddedCluster);
  const ChannelFactory dial = [network = &cluster->network_](const std::string& endpoint, int) {
    return network->Dial(endpoint);
  };
  const std::vector<NodePlace> places = PlacesFor(options.directories);

  MetadataServer::Options metadata;
  metadata.catalog.directory = absl::StrCat(options.directories.front(), "/metadata");
  metadata.catalog.clock = &clock;
  metadata.catalog.constants.set_copies(options.copies);
  metadata.catalog.constants.set_write_quorum(std::min<uint32_t>(options.copies, 2));
  metadata.catalog.constants.set_initial_nodes(static_cast<uint32_t>(places.size()));
  metadata.controller = options.controller;
  metadata.first_start = options.first_start;
  metadata.credentials_file = absl::StrCat(options.directories.front(), "/credentials");
  metadata.listen.clear();
  ASSIGN_OR_RETURN(cluster->metadata_, MetadataServer::Start(metadata, dial, clock));
  cluster->network_.Add(kMetadataEndpoint, &cluster->metadata_->server());

  for (size_t i = 0; i < places.size(); ++i) {
    StorageNode::Options node;
    node.engine.directory = places[i].directory;
    node.engine.clock = &clock;
    node.listen.clear();
    node.advertise = absl::StrCat("inproc:storage-", i);
    node.metadata = kMetadataEndpoint;
    node.zone = places[i].zone;
    ASSIGN_OR_RETURN(std::unique_ptr<StorageNode> started,
                     StorageNode::Start(node, dial, cluster->metadata_->secret(), clock));
    cluster->network_.Add(node.advertise, &started->server());
    cluster->nodes_.push_back(std::move(started));
  }

  Gateway::Options gateway;
  gateway.listen = options.listen;
  gateway.s3 = options.s3;
  gateway.metadata = kMetadataEndpoint;
  ASSIGN_OR_RETURN(cluster->gateway_,
                   Gateway::Start(gateway, dial, cluster->metadata_->secret(), clock, registry));
  return cluster;
}

EmbeddedCluster::~EmbeddedCluster() {
  gateway_.reset();
  for (const auto& node : nodes_) node->StopBackground();
  // What nobody read any more is deleted from nodes now that the gateway's session has ended.
  if (metadata_ != nullptr) metadata_->StopBackground();
  nodes_.clear();
  metadata_.reset();
}

std::vector<std::string> EmbeddedCluster::Missing() const {
  std::vector<std::string> missing = gateway_->Missing();
  for (const auto& node : nodes_) {
    for (std::string& what : node->Missing()) missing.push_back(std::move(what));
  }
  for (std::string& what : metadata_->Missing()) missing.push_back(std::move(what));
  return missing;
}

absl::Status EmbeddedCluster::fatal() const {
  for (const auto& node : nodes_) {
    RETURN_IF_ERROR(node->fatal());
  }
  RETURN_IF_ERROR(metadata_->fatal());
  return gateway_->fatal();
}

}  // namespace trebol
