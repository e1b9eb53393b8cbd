#include "gateway/gateway.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/cluster/write_quorum.h"
#include "common/stub/grpc_cluster_stub.h"
#include "common/stub/grpc_identity_stub.h"
#include "common/stub/grpc_metadata_stub.h"
#include "common/stub/grpc_storage_stub.h"
#include "common/stub/metered_storage_stub.h"
#include "common/telemetry/log.h"
#include "gateway/grpc/access_service.h"
#include "gateway/grpc/admin_service.h"
#include "gateway/grpc/object_service.h"
#include "gateway/replication/copy_survey.h"
#include "gateway/replication/describe_nodes.h"
#include "gateway/replication/watched_storage_stub.h"

namespace trebol {
namespace {

constexpr absl::Duration kTickUntilReady = absl::Milliseconds(100);
constexpr absl::Duration kShutdownGrace = absl::Seconds(5);

}  // namespace

Gateway::Gateway(const Options& options, ChannelFactory channels, std::string secret,
                 const Clock& clock, Registry& registry)
    : options_(options),
      runtime_(options.threads, Runtime::Resume::kHere),
      identity_(std::make_shared<Identity>(std::move(secret))),
      channels_(std::make_shared<Channels>(std::move(channels))),
      batcher_(std::make_shared<Batcher>(runtime_, channels_, identity_)),
      nodes_(std::make_shared<NodeHealth>(clock)),
      replication_metrics_(std::make_shared<ReplicationMetrics>(registry)),
      unwatched_storage_(std::make_shared<MeteredStorageStub>(
          std::make_shared<GrpcStorageStub>(channels_, identity_, batcher_), registry)),
      storage_(std::make_shared<WatchedStorageStub>(unwatched_storage_, nodes_)),
      metadata_(
          std::make_shared<GrpcMetadataStub>(channels_, identity_, batcher_, options.metadata)),
      cluster_(std::make_shared<GrpcClusterStub>(channels_, identity_, options.metadata)),
      keys_of_metadata_(std::make_shared<GrpcIdentityStub>(channels_, identity_, options.metadata)),
      keys_(std::make_shared<KeyCache>(keys_of_metadata_, clock)),
      maps_(std::make_shared<MapCache>(cluster_)),
      session_(std::make_shared<GatewaySession>(
          runtime_, metadata_, identity_,
          options.advertise.empty() ? options.listen : options.advertise, clock)),
      writer_(std::make_shared<ReplicaWriter>(runtime_, storage_, maps_, session_, nodes_,
                                              replication_metrics_, clock)),
      reader_(std::make_shared<ReplicaReader>(runtime_, storage_, maps_, nodes_,
                                              replication_metrics_, clock)),
      write_memory_(Semaphore::Create(options.write_memory_bytes)),
      read_memory_(Semaphore::Create(options.read_memory_bytes)),
      reporter_(runtime_, storage_, maps_, session_),
      probe_(runtime_, storage_, maps_, nodes_),
      requests_(registry),
      buckets_(std::make_shared<BucketLookup>(metadata_, clock)) {
  const auto commands = std::make_shared<Commands>(session_, buckets_);
  const auto bodies =
      std::make_shared<BodyStore>(runtime_, session_, commands, writer_, write_memory_);
  operations_.buckets = std::make_shared<Buckets>(metadata_, buckets_, commands);
  operations_.put = std::make_shared<PutObject>(buckets_, bodies);
  operations_.get = std::make_shared<GetObject>(runtime_, metadata_, session_, maps_, reader_,
                                                read_memory_, clock);
  operations_.remove = std::make_shared<DeleteObject>(commands);
  operations_.copy = std::make_shared<CopyObject>(commands);
  operations_.tags = std::make_shared<SetTags>(commands);
  operations_.list = std::make_shared<ListObjects>(metadata_);
  operations_.versions = std::make_shared<ListVersions>(metadata_);
  operations_.multipart = std::make_shared<Multipart>(metadata_, commands);
  operations_.part = std::make_shared<UploadPart>(metadata_, bodies);
  operations_.uploads = std::make_shared<ListUploads>(metadata_);
  operations_.stream_memory = Semaphore::Create(2 * options.write_memory_bytes);
  operations_.admission = std::make_shared<Admission>(
      kMaxRequestsInFlight,
      [this](absl::string_view method, const RequestContext& context, absl::Duration took,
             const absl::Status& status) { requests_.Observe(method, context, took, status); });
  const std::shared_ptr<CallGate> gate = MakeCallGate(keys_, buckets_);
  access_service_ =
      MakeAccessService(runtime_, std::make_shared<AccessKeys>(keys_of_metadata_, commands, keys_),
                        operations_.buckets, gate);
  object_service_ = MakeObjectService(runtime_, operations_, gate);
  session_service_ = MakeSessionService(runtime_, std::make_shared<ClientSessions>(session_), gate);
  admin_service_ = MakeAdminService(
      runtime_, cluster_, [nodes = nodes_](v1::ClusterStatus* status) { Describe(*nodes, status); },
      std::make_shared<ExplainObject>(
          metadata_, session_,
          std::make_shared<CopySurvey>(runtime_, unwatched_storage_, maps_, nodes_)),
      gate);
}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Options& options,
                                                        ChannelFactory channels, std::string secret,
                                                        const Clock& clock, Registry& registry) {
  std::unique_ptr<Gateway> gateway(
      new Gateway(options, std::move(channels), std::move(secret), clock, registry));
  ASSIGN_OR_RETURN(
      gateway->server_,
      RpcServer::Start(options.listen,
                       {gateway->object_service_.get(), gateway->session_service_.get(),
                        gateway->admin_service_.get(), gateway->access_service_.get()},
                       RpcServer::Callers::kClients));
  RETURN_IF_ERROR(gateway->StartS3());
  gateway->periodic_ =
      std::make_unique<Periodic>([gateway = gateway.get()] { return gateway->Tick(); });
  return gateway;
}

absl::Status Gateway::StartS3() {
  if (!options_.s3.has_value()) return absl::OkStatus();
  S3Server::Needs needs{.operations = operations_,
                        .buckets = buckets_,
                        .keys = keys_,
                        .health = [this](absl::string_view which) { return Health(which); }};
  ASSIGN_OR_RETURN(s3_, S3Server::Start(runtime_, *options_.s3, std::move(needs)));
  return absl::OkStatus();
}

std::string Gateway::s3_url() const {
  if (s3_ == nullptr) return "";
  return absl::StrCat(s3_->secure() ? "https://" : "http://", s3_->endpoint());
}

absl::Status Gateway::Health(absl::string_view which) const {
  if (which == "live") return absl::OkStatus();
  const std::string why = which == "ready" ? absl::StrJoin(Missing(), "; ") : NoWrites();
  return why.empty() ? absl::OkStatus() : absl::UnavailableError(why);
}

Gateway::~Gateway() {
  periodic_.reset();
  if (s3_ != nullptr) s3_->Shutdown(kShutdownGrace);
  if (server_ != nullptr) server_->Shutdown(kShutdownGrace);
  // While metadata is away, abandoning would go on for as long as the session lives.
  session_->Stop();
  runtime_.Drain();
  const absl::Status closed = runtime_.BlockOn(session_->Close(BackgroundContext()));
  if (!closed.ok()) {
    Log(LogLevel::kInfo, "gateway", "the session was not closed; it will expire",
        {{"why", closed.message()}});
  }
}

absl::Duration Gateway::Tick() {
  writer_->Tick();  // before what may wait for metadata: stragglers hold memory
  const absl::Status session = runtime_.BlockOn(session_->Tick(BackgroundContext()));
  // Also without a session: it says why there is none.
  auto status = runtime_.BlockOn(cluster_->GetClusterStatus(BackgroundContext()));
  if (session.ok()) {
    const absl::Status refreshed = runtime_.BlockOn(maps_->Refresh(BackgroundContext()));
    if (!refreshed.ok()) {
      Log(LogLevel::kWarning, "gateway", "the cluster map could not be refreshed",
          {{"why", std::string(refreshed.message())}});
    }
  }
  reporter_.Tick();
  nodes_->Tick();
  probe_.Tick();
  replication_metrics_->Show(nodes_->Views());
  {
    MutexLock lock(&mutex_);
    session_status_ = session;
    reached_ = status.status();
    if (status.ok()) status_ = *std::move(status);
  }
  const bool ready = Missing().empty();
  server_->SetServing(ready);
  return ready ? kRenewInterval : kTickUntilReady;
}

std::vector<std::string> Gateway::Missing() const {
  std::vector<std::string> missing;
  if (!session_->Current().ok()) {
    MutexLock lock(&mutex_);
    missing.push_back(absl::StrCat("no open session with metadata at ", options_.metadata, ": ",
                                   session_status_.message()));
    missing.insert(missing.end(), status_.reasons().begin(), status_.reasons().end());
    return missing;
  }
  if (!maps_->WithTable().ok()) {
    missing.push_back(
        "the cluster map has no partition table yet: the declared number of storage "
        "nodes has not joined");
    return missing;
  }
  MutexLock lock(&mutex_);
  if (!reached_.ok()) {
    missing.push_back(absl::StrCat("metadata does not answer: ", reached_.message()));
    return missing;
  }
  uint32_t writable = 0;
  for (const v1::NodeStatus& node : status_.nodes()) {
    const bool takes_writes = !node.last().store_failed() && !node.last().writes_refused();
    if (node.liveness() == v1::NodeStatus::UP && takes_writes) ++writable;
  }
  if (writable < status_.constants().write_quorum()) {
    missing.push_back(absl::StrCat("only ", writable, " storage nodes take writes and ",
                                   status_.constants().write_quorum(), " are needed"));
  }
  return missing;
}

std::string Gateway::NoWrites() const {
  const auto map = maps_->Current();
  MutexLock lock(&mutex_);
  if (!reached_.ok()) return absl::StrCat("metadata does not answer: ", reached_.message());
  if (map == nullptr) return "this gateway has no cluster map yet";
  return WhyNoWrites(*map);
}

absl::Status Gateway::fatal() const {
  MutexLock lock(&mutex_);
  switch (ReasonOf(session_status_)) {
    case v1::WRONG_SECRET:
    case v1::WRONG_CLUSTER:
    case v1::WRONG_GENERATION:
      return session_status_;
    default:
      return absl::OkStatus();
  }
}

v1::ClusterStatus Gateway::cluster_status() const {
  v1::ClusterStatus status;
  {
    MutexLock lock(&mutex_);
    status = status_;
  }
  Describe(*nodes_, &status);
  return status;
}

Epoch Gateway::map_epoch() const {
  const auto map = maps_->Current();
  return map == nullptr ? Epoch() : map->epoch();
}

uint64_t Gateway::write_memory_in_use() const {
  return options_.write_memory_bytes - write_memory_->available();
}

uint64_t Gateway::read_memory_in_use() const {
  return options_.read_memory_bytes - read_memory_->available();
}

}  // namespace trebol
