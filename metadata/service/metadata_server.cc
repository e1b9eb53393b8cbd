#include "metadata/service/metadata_server.h"

#include <grpcpp/impl/service_type.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/cluster/placement.h"
#include "common/cluster/write_quorum.h"
#include "common/config/credentials.h"
#include "common/stub/grpc_peer_stub.h"
#include "common/stub/grpc_storage_stub.h"
#include "common/telemetry/log.h"
#include "metadata/service/credentials_file.h"
#include "metadata/service/metadata_service.h"
#include "metadata/service/secret_file.h"

namespace trebol {
namespace {

constexpr absl::Duration kTickUntilReady = absl::Milliseconds(100);
constexpr absl::Duration kShutdownGrace = absl::Seconds(5);

}  // namespace

MetadataServer::MetadataServer(std::unique_ptr<Catalog> catalog, std::string secret,
                               ChannelFactory channels, int threads)
    : catalog_(std::move(catalog)),
      secret_(std::move(secret)),
      runtime_(1),
      identity_(std::make_shared<Identity>(secret_)),
      pool_(std::make_shared<BlockingPool>(BlockingPool::Options{.threads = threads})),
      channels_(std::make_shared<Channels>(std::move(channels))),
      storage_(std::make_shared<GrpcStorageStub>(
          channels_, identity_, std::make_shared<Batcher>(runtime_, channels_, identity_))),
      peers_(std::make_shared<GrpcPeerStub>(channels_, identity_)) {
  identity_->Adopt(catalog_->identity().cluster_id, catalog_->identity().generation);
}

absl::StatusOr<std::unique_ptr<MetadataServer>> MetadataServer::Start(const Options& options,
                                                                      ChannelFactory channels,
                                                                      const Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<Catalog> catalog, Catalog::Open(options.catalog));
  ASSIGN_OR_RETURN(std::string secret, options.secret_file.empty()
                                           ? ReadOrCreateSecret(options.catalog.directory)
                                           : Identity::ReadSecretFile(options.secret_file));
  std::unique_ptr<MetadataServer> server(new MetadataServer(std::move(catalog), std::move(secret),
                                                            std::move(channels), options.threads));
  MetadataServer* self = server.get();
  RETURN_IF_ERROR(self->SettleRoot(options));
  ASSIGN_OR_RETURN(
      self->controller_,
      ClusterController::Create(
          self->catalog_.get(), &clock,
          [self](NodeId node, const std::vector<VersionId>& versions, Epoch map_epoch) {
            return self->DeleteFrom(node, versions, map_epoch);
          },
          PlanFirstTable, options.controller,
          {.stat_chunks = [self](NodeId node, auto chunks) { return self->StatOn(node, chunks); },
           .list_versions = [self](NodeId node, const VersionId& after,
                                   size_t limit) { return self->ListOf(node, after, limit); }}));
  const InternalDoor door(self->identity_, self->pool_);
  self->metadata_service_ = MakeMetadataService(door, *self->catalog_);
  self->identity_service_ = MakeIdentityService(door, *self->catalog_);
  self->cluster_service_ = MakeClusterService(door, *self->controller_);
  ASSIGN_OR_RETURN(self->server_, RpcServer::Start(options.listen, {self->metadata_service_.get(),
                                                                    self->identity_service_.get(),
                                                                    self->cluster_service_.get()}));
  self->ticking_ = std::make_unique<Periodic>([self] { return self->Tick(); });
  self->collecting_ = std::make_unique<Periodic>([self] { return self->Collect(); });
  self->auditing_ = std::make_unique<Periodic>([self] { return self->Audit(); });
  return server;
}

absl::Status MetadataServer::SettleRoot(const Options& options) {
  credentials_file_ = options.credentials_file.empty()
                          ? absl::StrCat(options.catalog.directory, "/credentials")
                          : options.credentials_file;
  std::optional<AccessPair> root = options.first_start.root;
  if (!root.has_value()) {
    ASSIGN_OR_RETURN(const auto known, catalog_->RootKey());
    if (known.has_value()) return absl::OkStatus();
    // In the file before anything is said to anybody; a start that was cut short finds it there.
    ASSIGN_OR_RETURN(root, ReadOrCreateCredentials(credentials_file_));
    drawn_root_ = root;
  }
  v1::SetRootKeyCommand command;
  command.set_id(root->id);
  command.set_secret(root->secret);
  for (const std::string& bucket : options.first_start.buckets) command.add_buckets(bucket);
  return catalog_->SetRoot(std::move(command));
}

void MetadataServer::ReportRoot() {
  if (root_reported_ || !catalog_->health().ok()) return;
  root_reported_ = true;
  const std::string before = catalog_->replaced_root();
  if (before.empty()) return;
  const auto now = catalog_->RootKey();
  const std::string id = now.ok() && now->has_value() ? (*now)->id() : "";
  Log(LogLevel::kWarning, "metadata",
      before == id ? "the secret of root's key was replaced, as the environment says"
                   : "root's key was replaced, as the environment says; the one before is none "
                     "any more",
      {{"key", id}, {"before", before}});
  // It would tell people a pair that is none any more.
  const auto kept = ReadCredentials(credentials_file_);
  if (kept.ok() && kept->id == before && unlink(credentials_file_.c_str()) == 0) {
    Log(LogLevel::kInfo, "metadata", "the file with root's old key was removed",
        {{"file", credentials_file_}});
  }
}

void MetadataServer::StopBackground() {
  audit_context_->cancellation->Cancel();
  auditing_.reset();
  collecting_.reset();
}

MetadataServer::~MetadataServer() {
  StopBackground();
  ticking_.reset();
  if (server_ != nullptr) server_->Shutdown(kShutdownGrace);
  runtime_.Drain();
}

absl::StatusOr<std::string> MetadataServer::EndpointOf(NodeId node) {
  ASSIGN_OR_RETURN(const std::optional<v1::NodeRow> row, catalog_->Node(node));
  if (!row.has_value()) return absl::NotFoundError("the node is not registered");
  return row->registration().endpoint();
}

absl::Status MetadataServer::DeleteFrom(NodeId node, const std::vector<VersionId>& versions,
                                        Epoch map_epoch) {
  ASSIGN_OR_RETURN(std::string endpoint, EndpointOf(node));
  v1::DeleteVersionsRequest request;
  request.set_node(node.value);
  for (const VersionId& version : versions) {
    *request.add_versions() = ToProto(version);
  }
  request.set_map_epoch(map_epoch.value);
  return runtime_
      .BlockOn(
          storage_->DeleteVersions(BackgroundContext(), std::move(endpoint), std::move(request)))
      .status();
}

absl::StatusOr<std::vector<ChunkAudit::Answer>> MetadataServer::StatOn(
    NodeId node, absl::Span<const ChunkId> chunks) {
  ASSIGN_OR_RETURN(std::string endpoint, EndpointOf(node));
  v1::StatChunkRequest request;
  request.set_node(node.value);
  for (const ChunkId& chunk : chunks) *request.add_chunks() = ToProto(chunk);
  ASSIGN_OR_RETURN(const v1::StatChunkResponse response,
                   runtime_.BlockOn(storage_->StatChunk(audit_context_, std::move(endpoint),
                                                        std::move(request))));
  std::vector<ChunkAudit::Answer> answers;
  for (const auto& entry : response.entries()) answers.push_back(entry.state());
  return answers;
}

absl::StatusOr<OrphanAudit::Page> MetadataServer::ListOf(NodeId node, const VersionId& after,
                                                         size_t limit) {
  ASSIGN_OR_RETURN(std::string endpoint, EndpointOf(node));
  v1::ListVersionsRequest request;
  request.set_node(node.value);
  *request.mutable_after() = ToProto(after);
  request.set_limit(static_cast<uint32_t>(limit));
  ASSIGN_OR_RETURN(const v1::ListVersionsResponse response,
                   runtime_.BlockOn(peers_->ListVersions(audit_context_, std::move(endpoint),
                                                         std::move(request))));
  OrphanAudit::Page page{.more = response.more(), .incarnation = response.incarnation()};
  for (const auto& held : response.versions()) {
    page.versions.push_back({VersionIdOf(held.id()), held.chunks(), held.bytes()});
  }
  return page;
}

absl::Duration MetadataServer::Tick() {
  ticking_trouble_.Note("leading the cluster", controller_->Tick());
  ReportRoot();
  const bool ready = Missing().empty();
  server_->SetServing(ready);
  return ready ? kHeartbeatInterval : kTickUntilReady;
}

absl::Duration MetadataServer::Collect() {
  collecting_trouble_.Note("collecting garbage", controller_->Collect());
  return kHeartbeatInterval;
}

absl::Duration MetadataServer::Audit() {
  const auto next = controller_->Audit();
  auditing_trouble_.Note("auditing", next.status());
  return next.ok() ? *next : kHeartbeatInterval;
}

std::vector<std::string> MetadataServer::Missing() const {
  const absl::Status ready = controller_->Ready();
  if (ready.ok()) return {};
  return {std::string(ready.message())};
}

std::string MetadataServer::NoWrites() const {
  if (const absl::Status ready = controller_->Ready(); !ready.ok()) {
    return std::string(ready.message());
  }
  const auto map = controller_->map();
  return map == nullptr ? "there is no cluster map yet" : WhyNoWrites(*map);
}

std::string MetadataServer::Needed() const {
  return "this is the only metadata server: without it no name is found and nothing is written";
}

absl::Status MetadataServer::fatal() const {
  const absl::Status health = catalog_->health();
  return ReasonOf(health) == v1::STORE_FAILED ? health : absl::OkStatus();
}

void ShowDrawnRoot(const MetadataServer& server) {
  if (!server.drawn_root().has_value()) return;
  std::printf("The key of root, shown this once and kept in %s:\n%s",
              server.credentials_file().c_str(), ExportLines(*server.drawn_root()).c_str());
  std::fflush(stdout);
}

}  // namespace trebol
