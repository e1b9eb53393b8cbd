#include "tests/testing/simulated_cluster.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/cluster/placement.h"
#include "common/rpc/identity.h"
#include "gateway/cluster/session_reporter.h"
#include "gateway/object/buckets.h"
#include "gateway/object/delete_object.h"
#include "gateway/object/get_object.h"
#include "gateway/object/list_objects.h"
#include "gateway/object/put_object.h"
#include "gateway/replication/watched_storage_stub.h"
#include "metadata/cluster/cluster_controller.h"
#include "storage-node/background/background.h"
#include "storage-node/background/hand_over.h"
#include "storage-node/background/membership.h"
#include "storage-node/background/partition_sync.h"
#include "storage-node/background/peers.h"
#include "storage-node/service/chunk_calls.h"
#include "storage-node/service/peer_calls.h"
#include "tests/testing/direct_stubs.h"
#include "tests/testing/parsed.h"

namespace trebol {
namespace {

constexpr char kBucket[] = "bucket";
constexpr char kSecret[] = "the secret of the simulated cluster";
constexpr uint32_t kPartitions = 16;
constexpr uint64_t kGatewayMemory = 16 * kMiB;
// The gate hears three nodes, which then register; the gateway opens its session.
constexpr int kStepsUntilReady = 8;
constexpr uint64_t kScrubbedAtOnce = kMiB;
constexpr int kMostStepsOfAudit = 200;

std::string EndpointOf(size_t node) { return absl::StrCat("node-", node); }

}  // namespace

struct SimulatedCluster::Node {
  std::unique_ptr<SegmentChunkStore> store;
  std::unique_ptr<MapView> map;
  std::unique_ptr<Peers> peers;
  std::unique_ptr<PartitionSync> sync;
  std::unique_ptr<HandOver> hand_over;
  std::unique_ptr<Membership> membership;
};

struct SimulatedCluster::Gateway {
  Gateway(Runtime& runtime, const Clock& clock, std::shared_ptr<StorageStub> storage,
          std::shared_ptr<MetadataStub> metadata, std::shared_ptr<ClusterStub> cluster)
      : maps(std::make_shared<MapCache>(cluster)),
        session(std::make_shared<GatewaySession>(
            runtime, metadata, std::make_shared<Identity>(kSecret), "gateway", clock)),
        nodes(std::make_shared<NodeHealth>(clock)),
        metrics(std::make_shared<ReplicationMetrics>(registry)),
        watched(std::make_shared<WatchedStorageStub>(std::move(storage), nodes)),
        writer(std::make_shared<ReplicaWriter>(runtime, watched, maps, session, nodes, metrics,
                                               clock)),
        reader(std::make_shared<ReplicaReader>(runtime, watched, maps, nodes, metrics, clock)),
        reporter(runtime, watched, maps, session),
        lookup(std::make_shared<BucketLookup>(metadata, clock)),
        commands(std::make_shared<Commands>(session, lookup)),
        buckets(metadata, lookup, commands),
        put(lookup, std::make_shared<BodyStore>(runtime, session, commands, writer,
                                                Semaphore::Create(kGatewayMemory))),
        get(runtime, metadata, session, maps, reader, Semaphore::Create(kGatewayMemory), clock),
        remove(commands),
        list(metadata) {}

  const std::shared_ptr<MapCache> maps;
  const std::shared_ptr<GatewaySession> session;
  Registry registry;
  const std::shared_ptr<NodeHealth> nodes;
  const std::shared_ptr<ReplicationMetrics> metrics;
  const std::shared_ptr<StorageStub> watched;
  const std::shared_ptr<ReplicaWriter> writer;
  const std::shared_ptr<ReplicaReader> reader;
  SessionReporter reporter;
  const std::shared_ptr<BucketLookup> lookup;
  const std::shared_ptr<Commands> commands;
  Buckets buckets;
  PutObject put;
  GetObject get;
  DeleteObject remove;
  ListObjects list;
};

/// From a start to a stop. Destroyed in reverse: the gateway first, metadata last.
struct SimulatedCluster::Life {
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<ClusterController> controller;
  std::vector<Node> nodes;
  std::shared_ptr<DirectStorageStub> storage;
  std::unique_ptr<Gateway> gateway;
};

SimulatedCluster::SimulatedCluster(SimulatedDisk& disk, const Options& options)
    : disk_(disk),
      options_(options),
      pool_(BlockingPool::Options{.threads = options.blocking_threads}, clock_),
      runtime_(options.gateway_threads) {}

SimulatedCluster::~SimulatedCluster() { Stop(); }

absl::Status SimulatedCluster::Start() {
  Stop();
  RETURN_IF_ERROR(Open());
  OpenGateway();
  for (int step = 0; step < kStepsUntilReady; ++step) {
    trouble_.clear();
    ++steps_;
    clock_.Advance(absl::Seconds(1));
    StepNodes();
    Note("leading the cluster", life_->controller->Tick());
    StepGateway();
    if (Serves()) return EnsureBucket();
  }
  return absl::UnavailableError(absl::StrCat("does not begin to serve: ", trouble_));
}

absl::Status SimulatedCluster::Open() {
  life_ = std::make_unique<Life>();
  Catalog::Options catalog;
  catalog.directory = "/disk/metadata";
  catalog.env = disk_.rocksdb_env();
  catalog.clock = &clock_;
  catalog.constants.set_partitions(kPartitions);
  catalog.constants.set_initial_nodes(static_cast<uint32_t>(options_.initial_nodes));
  catalog.chunk_size = options_.chunk_size;
  ASSIGN_OR_RETURN(life_->catalog, Catalog::Open(catalog));
  ASSIGN_OR_RETURN(
      life_->controller,
      ClusterController::Create(
          life_->catalog.get(), &clock_,
          [this](NodeId node, const std::vector<VersionId>& versions, Epoch epoch) {
            return DeleteFrom(node, versions, epoch);
          },
          PlanFirstTable, ClusterController::Options(),
          {.stat_chunks = [](NodeId, absl::Span<const ChunkId>)
               -> absl::StatusOr<std::vector<ChunkAudit::Answer>> {
             return absl::UnimplementedError("copies are compared by the simulation");
           },
           .list_versions = [this](NodeId node, const VersionId& after,
                                   size_t limit) { return ListOn(node, after, limit); }}));
  life_->storage = std::make_shared<DirectStorageStub>(disk_, pool_);
  const auto cluster = std::make_shared<DirectClusterStub>(disk_, pool_, *life_->controller);
  const auto peers = std::make_shared<DirectPeerStub>(disk_, pool_);
  life_->nodes = std::vector<Node>(options_.nodes);
  for (size_t i = 0; i < options_.nodes; ++i) {
    Node& node = life_->nodes[i];
    EngineOptions engine;
    engine.directory = absl::StrCat("/disk/", EndpointOf(i));
    engine.files = &disk_.files();
    engine.index_env = disk_.rocksdb_env();
    engine.clock = &clock_;
    engine.segment_size = options_.segment_size;
    engine.background = false;
    ASSIGN_OR_RETURN(node.store, SegmentChunkStore::Open(engine));
    node.map = std::make_unique<MapView>(node.store->identity().node, *node.store);
    Membership::Self self{.endpoint = EndpointOf(i), .zone = absl::StrCat("zone-", i)};
    node.peers = std::make_unique<Peers>(runtime_, peers, life_->storage, *node.map);
    node.sync = std::make_unique<PartitionSync>(
        *node.store, node.store->inventory(), *node.map, *node.peers, never_, nothing_paused_,
        clock_, PartitionSync::Options{.interval = absl::ZeroDuration()});
    node.hand_over =
        std::make_unique<HandOver>(*node.store, node.store->inventory(), *node.map, *node.peers,
                                   never_, nothing_paused_, clock_, HandOver::Options());
    node.membership = std::make_unique<Membership>(
        runtime_, cluster, std::make_shared<Identity>(kSecret), *node.store, *node.map, pool_,
        std::move(self),
        [&sync = *node.sync, &strays = *node.hand_over](auto* heartbeat) {
          Describe(sync.report(), strays.report(), heartbeat);
        },
        [](const v1::HeartbeatResponse&) {});
    life_->storage->Add(EndpointOf(i), *node.store, *node.map);
    peers->Add(EndpointOf(i), *node.store, *node.map);
  }
  return absl::OkStatus();
}

void SimulatedCluster::OpenGateway() {
  life_->gateway = std::make_unique<Gateway>(
      runtime_, clock_, life_->storage,
      std::make_shared<DirectMetadataStub>(disk_, pool_, *life_->catalog),
      std::make_shared<DirectClusterStub>(disk_, pool_, *life_->controller));
}

bool SimulatedCluster::Serves() const {
  if (session() == 0 || !life_->gateway->maps->WithTable().ok()) return false;
  const Epoch epoch = map()->epoch();
  return std::all_of(life_->nodes.begin(), life_->nodes.end(), [epoch](const Node& node) {
    return node.map->has_table() && node.map->map_epoch() == epoch;
  });
}

absl::Status SimulatedCluster::EnsureBucket() {
  v1::HeadBucketRequest head;
  head.set_bucket(kBucket);
  const auto found =
      runtime_.BlockOn(life_->gateway->buckets.Head(BackgroundContext(), head)).status();
  if (!absl::IsNotFound(found)) return found;
  v1::CreateBucketRequest request;
  request.set_bucket(kBucket);
  return runtime_.BlockOn(life_->gateway->buckets.Create(BackgroundContext(), request)).status();
}

void SimulatedCluster::Stop() {
  if (life_ == nullptr) return;
  if (life_->gateway != nullptr) life_->gateway->session->Stop();
  runtime_.Drain();
  life_ = nullptr;
}

absl::Status SimulatedCluster::DeleteFrom(NodeId node, const std::vector<VersionId>& versions,
                                          Epoch map_epoch) {
  v1::DeleteVersionsRequest request;
  request.set_node(node.value);
  for (const VersionId& version : versions) *request.add_versions() = ToProto(version);
  request.set_map_epoch(map_epoch.value);
  for (const Node& one : life_->nodes) {
    if (one.store->identity().node != node) continue;
    return trebol::DeleteVersions(*one.store, *one.map, request).status();
  }
  return absl::NotFoundError("no such node");
}

absl::StatusOr<OrphanAudit::Page> SimulatedCluster::ListOn(NodeId node, const VersionId& after,
                                                           size_t limit) {
  v1::ListVersionsRequest request;
  request.set_node(node.value);
  *request.mutable_after() = ToProto(after);
  request.set_limit(static_cast<uint32_t>(limit));
  for (const Node& one : life_->nodes) {
    if (one.store->identity().node != node) continue;
    ASSIGN_OR_RETURN(const v1::ListVersionsResponse response,
                     trebol::ListVersions(one.store->inventory(),
                                          one.store->Statistics().incarnation, *one.map, request));
    OrphanAudit::Page page{.more = response.more(), .incarnation = response.incarnation()};
    for (const auto& held : response.versions()) {
      page.versions.push_back({VersionIdOf(held.id()), held.chunks(), held.bytes()});
    }
    return page;
  }
  return absl::NotFoundError("no such node");
}

absl::Status SimulatedCluster::AuditOrphans() {
  OrphanAudit& audit = life_->controller->orphan_audit();
  const uint64_t before = audit.report(clock_.Now()).runs;
  audit.StartRun();
  for (int step = 0; step < kMostStepsOfAudit; ++step) {
    RETURN_IF_ERROR(life_->controller->Audit().status());
    const auto report = audit.report(clock_.Now());
    if (report.runs > before) return absl::OkStatus();
    Step();
  }
  return absl::DeadlineExceededError("the orphan audit does not end");
}

// ---- Time ----

void SimulatedCluster::Step(bool renew) {
  trouble_.clear();
  ++steps_;
  clock_.Advance(kStep);
  StepNodes();
  for (Node& node : life_->nodes) {
    if (!options_.background) break;
    node.sync->Tick();
    node.hand_over->Tick();
  }
  if (renew) StepGateway();
  Note("leading the cluster", life_->controller->Tick());
  Note("collecting garbage", life_->controller->Collect());
}

void SimulatedCluster::StepNodes() {
  for (Node& node : life_->nodes) {
    const absl::Status status = node.membership->Tick();
    // With the gate shut a node has been heard all the same.
    if (ReasonOf(status) != v1::NOT_READY) Note("membership", status);
    Note("sealing", node.store->Tick());
    bool did_work = false;
    Note("compaction", node.store->CompactOnce(&did_work));
  }
}

void SimulatedCluster::StepGateway() {
  Gateway& gateway = *life_->gateway;
  const absl::Status status = runtime_.BlockOn(gateway.session->Tick(BackgroundContext()));
  if (ReasonOf(status) == v1::NOT_READY) return;
  Note("the gateway's session", status);
  Note("the gateway's map", runtime_.BlockOn(gateway.maps->Refresh(BackgroundContext())));
  gateway.reporter.Tick();
  gateway.nodes->Tick();
  gateway.writer->Tick();
}

void SimulatedCluster::Note(const char* what, const absl::Status& status) {
  if (!status.ok()) absl::StrAppend(&trouble_, what, ": ", status.ToString(), "; ");
}

// ---- Clients ----

absl::StatusOr<v1::ObjectInfo> SimulatedCluster::Put(const std::string& key, const std::string& tag,
                                                     BodyReaderPtr body) {
  PutObject::Header header;
  header.set_bucket(kBucket);
  header.set_key(key);
  (*header.mutable_user_metadata())["tag"] = tag;
  return runtime_.BlockOn(
      life_->gateway->put.Run(BackgroundContext(), std::move(header), std::move(body)));
}

absl::Status SimulatedCluster::Get(const std::string& key, BodyWriterPtr writer) {
  v1::GetObjectRequest request;
  request.set_bucket(kBucket);
  request.set_key(key);
  return runtime_.BlockOn(
      life_->gateway->get.Run(BackgroundContext(), std::move(request), std::move(writer)));
}

absl::Status SimulatedCluster::Delete(const std::string& key) {
  v1::DeleteObjectRequest request;
  request.set_bucket(kBucket);
  request.set_key(key);
  return runtime_.BlockOn(life_->gateway->remove.Run(BackgroundContext(), std::move(request)))
      .status();
}

absl::StatusOr<std::vector<std::string>> SimulatedCluster::List(uint32_t page_size) {
  v1::ListObjectsRequest request;
  request.set_bucket(kBucket);
  request.set_page_size(page_size);
  std::vector<std::string> keys;
  do {
    ASSIGN_OR_RETURN(const v1::ListObjectsResponse page,
                     Parsed<v1::ListObjectsResponse>(
                         runtime_.BlockOn(life_->gateway->list.Run(BackgroundContext(), request))));
    for (const v1::ObjectInfo& object : page.objects()) keys.push_back(object.key());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return keys;
}

void SimulatedCluster::RefuseWritesOf(size_t node) {
  life_->storage->RefuseWritesOf(EndpointOf(node));
}

absl::Status SimulatedCluster::ChangeNode(v1::NodeChange::Verb verb, size_t node) {
  v1::ApplyNodeChangeRequest request;
  request.mutable_change()->set_verb(verb);
  request.mutable_change()->add_nodes(EndpointOf(node));
  return life_->controller->ApplyNodeChange(request).status();
}

// ---- What storage nodes do in the background ----

absl::Status SimulatedCluster::Scrub(size_t node) {
  while (true) {
    ASSIGN_OR_RETURN(const uint64_t read,
                     life_->nodes[node].store->scrubber().Next(kScrubbedAtOnce));
    if (read == 0) return absl::OkStatus();
  }
}

absl::Status SimulatedCluster::Compare() {
  absl::Status problem;
  for (const Node& node : life_->nodes) {
    node.sync->Tick();
    problem.Update(node.sync->report().problem);
  }
  return problem;
}

// ---- What an auditor sees ----

Catalog& SimulatedCluster::catalog() { return *life_->catalog; }
SegmentChunkStore& SimulatedCluster::store(size_t node) { return *life_->nodes[node].store; }
std::shared_ptr<const ClusterMap> SimulatedCluster::map() const {
  if (life_ == nullptr || life_->gateway == nullptr) return nullptr;
  return life_->gateway->maps->Current();
}

uint64_t SimulatedCluster::session() const {
  const auto session = life_->gateway->session->Current();
  return session.ok() ? (*session)->id.value : 0;
}

}  // namespace trebol
