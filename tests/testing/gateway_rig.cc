#include "tests/testing/gateway_rig.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "gateway/replication/watched_storage_stub.h"

namespace trebol {

Task<Bytes> MemoryBody::Next() {
  co_await boost::asio::post(boost::asio::use_awaitable);
  if (next_ == pieces_.size()) {
    if (gate != nullptr) CO_RETURN_IF_ERROR(co_await OneShot<absl::Status>::Wait(gate));
    CO_RETURN_IF_ERROR(end);
    co_return Bytes();
  }
  if (on_piece != nullptr) on_piece(next_);
  co_return Bytes(pieces_[next_++]);
}

Task<void> MemoryWriter::Write(Bytes data) {
  co_await boost::asio::post(boost::asio::use_awaitable);
  if (on_write != nullptr) CO_RETURN_IF_ERROR(on_write());
  bytes += std::string(data);
  co_return absl::OkStatus();
}

GatewayRig::GatewayRig(uint64_t memory_bytes, int threads, std::shared_ptr<MetadataStub> other)
    : memory_bytes(memory_bytes), runtime(threads), names(std::move(other)) {
  if (names == nullptr) names = metadata;
  cluster->set_map(MapAt(1));
  metadata->AddBucket("bucket");
  maps = std::make_shared<MapCache>(cluster);
  session = std::make_shared<GatewaySession>(runtime, names, identity, "here", clock);
  nodes = std::make_shared<NodeHealth>(clock, /*seed=*/1);
  metrics = std::make_shared<ReplicationMetrics>(registry);
  watched = std::make_shared<WatchedStorageStub>(storage, nodes);
  writer = std::make_shared<ReplicaWriter>(runtime, watched, maps, session, nodes, metrics, clock);
  reader = std::make_shared<ReplicaReader>(runtime, watched, maps, nodes, metrics, clock);
  memory = Semaphore::Create(memory_bytes);
  read_memory = Semaphore::Create(memory_bytes);
  buckets = std::make_shared<BucketLookup>(names, clock);
  commands = std::make_shared<Commands>(session, buckets);
  bodies = std::make_shared<BodyStore>(runtime, session, commands, writer, memory);
  put = std::make_shared<PutObject>(buckets, bodies);
  get = std::make_shared<GetObject>(runtime, names, session, maps, reader, read_memory, clock);
  list = std::make_shared<ListObjects>(names);
  TREBOL_CHECK(runtime.BlockOn(maps->Refresh(BackgroundContext())).ok());
  TREBOL_CHECK(runtime.BlockOn(session->Tick(BackgroundContext())).ok());
}

GatewayRig::~GatewayRig() {
  session->Stop();
  for (const char* node : {"n1", "n2", "n3", "n4", "n5"}) storage->Release(node);
  runtime.Drain();
}

ObjectOperations GatewayRig::Operations() {
  ObjectOperations operations;
  operations.buckets = std::make_shared<Buckets>(names, buckets, commands);
  operations.put = put;
  operations.get = get;
  operations.remove = std::make_shared<DeleteObject>(commands);
  operations.copy = std::make_shared<CopyObject>(commands);
  operations.tags = std::make_shared<SetTags>(commands);
  operations.list = list;
  operations.versions = std::make_shared<ListVersions>(names);
  operations.multipart = std::make_shared<Multipart>(names, commands);
  operations.part = std::make_shared<UploadPart>(names, bodies);
  operations.uploads = std::make_shared<ListUploads>(names);
  return operations;
}

v1::ClusterMap GatewayRig::MapAt(uint64_t epoch, uint64_t nodes) {
  v1::ClusterMap map;
  map.set_cluster_id("cluster-of-tests");
  map.set_generation(7);
  map.set_epoch(epoch);
  map.mutable_constants()->set_partitions(4);
  map.mutable_constants()->set_copies(3);
  map.mutable_constants()->set_write_quorum(2);
  for (uint64_t id = 1; id <= nodes; ++id) {
    v1::ClusterNode* node = map.add_nodes();
    node->set_id(id);
    node->set_endpoint(absl::StrCat("n", id));
    node->set_weight(1);
    node->set_state(v1::ClusterNode::ACTIVE);
  }
  for (uint32_t i = 0; i < 4; ++i) {
    v1::PartitionEntry* entry = map.add_partitions();
    entry->set_partition(i);
    entry->set_epoch(epoch);
    for (uint64_t id = 1; id <= 3; ++id) entry->add_serving(id);
  }
  return map;
}

void GatewayRig::Install(v1::ClusterMap map) {
  cluster->set_map(std::move(map));
  TREBOL_CHECK(runtime.BlockOn(maps->Refresh(BackgroundContext())).ok());
}

std::string GatewayRig::Text(size_t size, uint32_t seed) {
  std::string text(size, '\0');
  for (char& c : text) {
    seed = seed * 1664525 + 1013904223;
    c = static_cast<char>(seed >> 24);
  }
  return text;
}

PutObject::Header GatewayRig::HeaderOf(const std::string& key) const {
  PutObject::Header header;
  header.set_bucket("bucket");
  header.set_key(key);
  return header;
}

absl::StatusOr<v1::ObjectInfo> GatewayRig::Put(const std::string& key, const std::string& content) {
  std::vector<std::string> pieces;
  if (!content.empty()) pieces.push_back(content);
  return Put(HeaderOf(key), std::make_shared<MemoryBody>(std::move(pieces)));
}

absl::StatusOr<v1::ObjectInfo> GatewayRig::Put(PutObject::Header header,
                                               std::shared_ptr<MemoryBody> body,
                                               RequestContextPtr context) {
  return runtime.BlockOn(put->Run(std::move(context), std::move(header), std::move(body)));
}

absl::Status GatewayRig::Get(const std::string& key, MemoryWriter* writer,
                             std::optional<std::pair<uint64_t, std::optional<uint64_t>>> range) {
  v1::GetObjectRequest request;
  request.set_bucket("bucket");
  request.set_key(key);
  if (range.has_value()) {
    request.mutable_range()->set_offset(range->first);
    if (range->second.has_value()) request.mutable_range()->set_length(*range->second);
  }
  BodyWriterPtr unowned(writer, [](BodyWriter*) {});
  return runtime.BlockOn(get->Run(BackgroundContext(), request, unowned));
}

bool GatewayRig::Until(const std::function<bool()>& condition) {
  for (int i = 0; i < 30'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

v1::RenewSessionCommand GatewayRig::Renewed() {
  TREBOL_CHECK(runtime.BlockOn(session->Tick(BackgroundContext())).ok());
  return metadata->Commands(v1::Command::kRenewSession).back().renew_session();
}

}  // namespace trebol
