#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/async/one_shot.h"
#include "gateway/grpc/object_service.h"
#include "gateway/object/body.h"
#include "gateway/object/bucket_lookup.h"
#include "gateway/object/commands.h"
#include "gateway/object/get_object.h"
#include "gateway/object/list_objects.h"
#include "gateway/object/put_object.h"
#include "tests/testing/fake_cluster_stub.h"
#include "tests/testing/fake_metadata_stub.h"
#include "tests/testing/fake_storage_stub.h"
#include "tests/testing/manual_clock.h"

namespace trebol {

/// A body in memory.
class MemoryBody final : public BodyReader {
 public:
  explicit MemoryBody(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

  /// Said after the end.
  v1::PutObjectRequest::Trailer trailing;
  /// How it ends.
  absl::Status end;
  /// Called before each piece.
  std::function<void(size_t)> on_piece;
  /// Waited for before the end.
  std::shared_ptr<OneShot<absl::Status>> gate;

  Task<Bytes> Next() override;
  v1::PutObjectRequest::Trailer trailer() const override { return trailing; }
  size_t given() const { return next_; }

 private:
  const std::vector<std::string> pieces_;
  std::atomic<size_t> next_ = 0;
};

class MemoryWriter final : public BodyWriter {
 public:
  void Begin(const v1::ObjectInfo& info, const v1::ByteRange& range) override {
    ++begun;
    this->info = info;
    this->range = range;
  }
  Task<void> Write(Bytes data) override;

  int begun = 0;
  v1::ObjectInfo info;
  v1::ByteRange range;
  std::string bytes;
  std::function<absl::Status()> on_write;
};

/// What a gateway is made of, on twins: three nodes "n1" to "n3" that serve every partition, N = 3,
/// W = 2, chunks of 1,000 bytes, a bucket "bucket" (`other` makes its own), an open session.
struct GatewayRig {
  /// `other` stands in for `metadata`, which then is not used.
  explicit GatewayRig(uint64_t memory_bytes = 1'000'000, int threads = 2,
                      std::shared_ptr<MetadataStub> other = nullptr);
  ~GatewayRig();

  /// The map with every partition at `epoch`, served by the first three of `nodes` "n1" ….
  static v1::ClusterMap MapAt(uint64_t epoch, uint64_t nodes = 3);
  /// Gives the gateway this map.
  void Install(v1::ClusterMap map);
  static std::string Text(size_t size, uint32_t seed = 1);

  absl::StatusOr<v1::ObjectInfo> Put(const std::string& key, const std::string& content);
  absl::StatusOr<v1::ObjectInfo> Put(PutObject::Header header, std::shared_ptr<MemoryBody> body,
                                     RequestContextPtr context = BackgroundContext());
  PutObject::Header HeaderOf(const std::string& key) const;
  absl::Status Get(const std::string& key, MemoryWriter* writer,
                   std::optional<std::pair<uint64_t, std::optional<uint64_t>>> range = {});
  uint64_t memory_in_use() { return memory_bytes - memory->available(); }
  /// Every operation of the public services, wired as a gateway does it.
  ObjectOperations Operations();
  /// Spins until `condition`; false after a long while.
  static bool Until(const std::function<bool()>& condition);
  /// What the last renewal said.
  v1::RenewSessionCommand Renewed();

  const uint64_t memory_bytes;
  ManualClock clock;
  Runtime runtime;
  std::shared_ptr<FakeStorageStub> storage = std::make_shared<FakeStorageStub>();
  std::shared_ptr<FakeMetadataStub> metadata = std::make_shared<FakeMetadataStub>();
  std::shared_ptr<MetadataStub> names;  // `metadata` or the other
  std::shared_ptr<FakeClusterStub> cluster = std::make_shared<FakeClusterStub>();
  std::shared_ptr<Identity> identity =
      std::make_shared<Identity>("the secret of the tests, so long");
  std::shared_ptr<MapCache> maps;
  std::shared_ptr<GatewaySession> session;
  Registry registry;
  std::shared_ptr<NodeHealth> nodes;
  std::shared_ptr<ReplicationMetrics> metrics;
  std::shared_ptr<StorageStub> watched;  // `storage`, whose calls `nodes` hears of
  std::shared_ptr<ReplicaWriter> writer;
  std::shared_ptr<ReplicaReader> reader;
  std::shared_ptr<Semaphore> memory;
  std::shared_ptr<Semaphore> read_memory;
  std::shared_ptr<Commands> commands;
  std::shared_ptr<BucketLookup> buckets;
  std::shared_ptr<BodyStore> bodies;
  std::shared_ptr<PutObject> put;
  std::shared_ptr<GetObject> get;
  std::shared_ptr<ListObjects> list;
};

}  // namespace trebol
