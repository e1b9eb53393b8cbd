// Whatever servers of the cluster, or who has its secret, send to metadata's and a storage node's
// ports: each call is answered, a refusal says why, and metadata serves on.
#include <grpcpp/impl/service_type.h>
#include <rocksdb/env.h>

#include <cstdint>
#include <memory>

#include "common/async/blocking_pool.h"
#include "common/base/check.h"
#include "common/cluster/placement.h"
#include "common/rpc/rpc_server.h"
#include "metadata/service/metadata_service.h"
#include "storage-node/service/chunk_service.h"
#include "tests/fuzz/run_target.h"
#include "tests/fuzz/wire_calls.h"
#include "tests/testing/fake_chunk_store.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/metadata_commands.h"

namespace trebol {
namespace {

constexpr int kMostCalls = 40;  // what is under them takes longer
constexpr uint64_t kGateway = 7;
constexpr uint64_t kNodes = 3;

class InternalServices {
 public:
  InternalServices(FuzzInput* input, Score* score)
      : input_(*input), maker_(input), catalog_(OpenCatalog()), controller_(Lead()) {
    identity_->Adopt(catalog_->identity().cluster_id, catalog_->identity().generation);
    const InternalDoor door(identity_,
                            std::make_shared<BlockingPool>(BlockingPool::Options{.threads = 1}));
    metadata_ = MakeMetadataService(door, *catalog_);
    keys_ = MakeIdentityService(door, *catalog_);
    cluster_ = MakeClusterService(door, *controller_);
    chunks_ = MakeChunkService(door, store_, map_);
    server_ = *RpcServer::Start("", {metadata_.get(), keys_.get(), cluster_.get(), chunks_.get()});
    calls_ = std::make_unique<WireCalls>(
        input, &maker_, server_->InProcessChannel(),
        std::vector<std::string>{"trebol.v1.MetadataService", "trebol.v1.ClusterService",
                                 "trebol.v1.ChunkService", "trebol.v1.IdentityService"},
        identity_.get(), score);
    Prepare();
  }
  ~InternalServices() { server_->Shutdown(absl::ZeroDuration()); }

  void Run() {
    for (int i = 0; i < kMostCalls && !input_.empty(); ++i) {
      if (input_.Byte() % 8 == 7) {
        clock_.Advance(absl::Seconds(input_.Byte() % 16));
        TREBOL_CHECK(controller_->Tick().ok());
        TREBOL_CHECK(controller_->Collect().ok());
      } else {
        calls_->One();
      }
      TREBOL_CHECK(controller_->Ready().ok());
      const auto map = controller_->GetClusterMap({});
      TREBOL_CHECK(map.ok() && controller_->GetClusterStatus().ok());
      // A node installs what metadata tells it.
      const auto parsed = ClusterMap::FromProto(map->map());
      TREBOL_CHECK(parsed.ok() && map_.Install(*parsed).ok());
    }
  }

 private:
  std::unique_ptr<Catalog> OpenCatalog() {
    Catalog::Options options;
    options.directory = "/metadata";
    options.env = env_.get();
    options.clock = &clock_;
    options.constants.set_partitions(2);
    return *Catalog::Open(options);
  }
  std::unique_ptr<ClusterController> Lead() {
    return *ClusterController::Create(
        catalog_.get(), &clock_,
        [](NodeId, const std::vector<VersionId>&, Epoch) { return absl::OkStatus(); },
        PlanFirstTable, {});
  }

  // Nodes, a gateway's session, a bucket; and what messages say of them.
  void Prepare() {
    for (uint64_t node = 1; node <= kNodes; ++node) {
      const auto request = testing::RegisterNode(node).register_node().request();
      TREBOL_CHECK(controller_->RegisterNode(request).ok());
      maker_.Learn(request);
      maker_.Know("node", node);
    }
    for (const char* field : {"node_id", "node"}) maker_.Know(field, 1);
    maker_.Know("incarnation", 1);
    maker_.Know("generation", catalog_->identity().generation.value);
    maker_.Know("cluster_id", catalog_->identity().cluster_id);
    maker_.Know("cluster_id", "");
    TREBOL_CHECK(catalog_->Submit(testing::OpenSession(kGateway)).ok());
    maker_.Know("session", kGateway);
    const auto bucket = catalog_->Submit(testing::CreateBucket({kGateway, 1'000'000}, "bucket"));
    TREBOL_CHECK(bucket.ok());
    maker_.Learn(bucket->outcome);
    maker_.Know("bucket", "bucket");
    for (const char* key : {"a", "a/b"}) maker_.Know("key", key);
    for (const uint64_t number : {0, 1}) maker_.Know("partition", number);
    maker_.Know("chunk_size", 1024);
    maker_.Limit("decided_below", 100);  // each is a row; a large step takes seconds here
    for (const uint64_t size : {0, 500, 3000}) maker_.Know("size", size);
    for (const char* field : {"counter", "sequence", "version"}) maker_.CountUp(field);
    for (const char* field : {"source_key", "prefix", "after"}) maker_.Alias(field, "key");
    maker_.Alias("source_bucket", "bucket");
    for (const char* field : {"map_epoch", "known_epoch"}) maker_.Alias(field, "epoch");
    for (const char* field :
         {"command", "chunk", "node", "node_id", "id", "bucket", "source_bucket", "key", "session",
          "generation", "manifest", "counter", "epoch", "endpoint", "chunk_size", "number"}) {
      maker_.SetOften(field, 8);
    }
    for (const char* field :
         {"preconditions", "source_preconditions", "source_version",
          "trebol.v1.LookupObjectRequest.version", "trebol.v1.DeleteObjectCommand.version",
          "checksums", "headers", "user_metadata", "constants", "if_modified_since",
          "if_unmodified_since", "data", "entry"}) {
      maker_.SetOften(field, 2);
    }
    maker_.Learn(controller_->GetClusterMap({})->map());
  }

  FuzzInput& input_;
  MessageMaker maker_;
  ManualClock clock_;
  const std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  const std::unique_ptr<Catalog> catalog_;
  const std::unique_ptr<ClusterController> controller_;
  FakeChunkStore store_;
  MapView map_{NodeId(1), store_};
  const std::shared_ptr<Identity> identity_ =
      std::make_shared<Identity>("a secret of thirty-two characters");
  std::unique_ptr<grpc::Service> metadata_;
  std::unique_ptr<grpc::Service> keys_;
  std::unique_ptr<grpc::Service> cluster_;
  std::unique_ptr<grpc::Service> chunks_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<WireCalls> calls_;
};

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return trebol::RunTarget<trebol::InternalServices>(data, size);
}
