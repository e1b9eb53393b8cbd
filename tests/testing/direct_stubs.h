#pragma once

#include <map>
#include <string>

#include "common/async/blocking_pool.h"
#include "common/base/mutex.h"
#include "common/stub/cluster_stub.h"
#include "common/stub/metadata_stub.h"
#include "common/stub/peer_stub.h"
#include "common/stub/storage_stub.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/cluster_controller.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "storage-node/service/map_view.h"
#include "tests/testing/simulated_disk.h"

namespace trebol {

// The stubs of a cluster in one process: they call what the services behind the wire call, on a
// pool of threads, without a wire. When the disk has lost power by the end of a call, the caller's
// context is cancelled: its process has died too, and nobody waits for anything. An answer that
// was computed before is still given, because it may have arrived. Thread-safe; what they are
// handed outlives them.

class DirectStorageStub final : public StorageStub {
 public:
  DirectStorageStub(const SimulatedDisk& disk, BlockingPool& pool) : disk_(disk), pool_(pool) {}

  /// Before the first call.
  void Add(const std::string& endpoint, ChunkStore& store, MapView& map) {
    nodes_[endpoint] = {&store, &map};
  }
  /// This node takes no chunk from now on, as one whose disk is full; empty: every node does.
  void RefuseWritesOf(const std::string& endpoint);

  Task<v1::PutChunkResponse> PutChunk(RequestContextPtr context, std::string endpoint,
                                      v1::PutChunkRequest header, Bytes data) override;
  Task<ChunkAnswer> GetChunk(RequestContextPtr context, std::string endpoint,
                             v1::GetChunkRequest request) override;
  Task<v1::StatChunkResponse> StatChunk(RequestContextPtr context, std::string endpoint,
                                        v1::StatChunkRequest request) override;
  Task<v1::DeleteVersionsResponse> DeleteVersions(RequestContextPtr context, std::string endpoint,
                                                  v1::DeleteVersionsRequest request) override;
  Task<v1::ReportSessionResponse> ReportSession(RequestContextPtr context, std::string endpoint,
                                                v1::ReportSessionRequest request) override;

 private:
  struct Node {
    ChunkStore* store = nullptr;
    MapView* map = nullptr;
  };

  const SimulatedDisk& disk_;
  BlockingPool& pool_;
  std::map<std::string, Node> nodes_;
  Mutex mutex_;
  std::string refusing_ ABSL_GUARDED_BY(mutex_);
};

class DirectPeerStub final : public PeerStub {
 public:
  DirectPeerStub(const SimulatedDisk& disk, BlockingPool& pool) : disk_(disk), pool_(pool) {}

  /// Before the first call.
  void Add(const std::string& endpoint, SegmentChunkStore& store, MapView& map) {
    nodes_[endpoint] = {&store, &map};
  }

  Task<v1::ComparePartitionsResponse> ComparePartitions(
      RequestContextPtr context, std::string endpoint,
      v1::ComparePartitionsRequest request) override;
  Task<v1::ListChunksResponse> ListChunks(RequestContextPtr context, std::string endpoint,
                                          v1::ListChunksRequest request) override;
  Task<v1::ListVersionsResponse> ListVersions(RequestContextPtr context, std::string endpoint,
                                              v1::ListVersionsRequest request) override;

 private:
  struct Node {
    SegmentChunkStore* store = nullptr;
    MapView* map = nullptr;
  };

  const SimulatedDisk& disk_;
  BlockingPool& pool_;
  std::map<std::string, Node> nodes_;
};

class DirectMetadataStub final : public MetadataStub {
 public:
  DirectMetadataStub(const SimulatedDisk& disk, BlockingPool& pool, Catalog& catalog)
      : disk_(disk), pool_(pool), catalog_(catalog) {}

  Task<v1::SubmitResponse> Submit(RequestContextPtr context, v1::SubmitRequest request) override;
  Task<v1::LookupObjectResponse> LookupObject(RequestContextPtr context,
                                              v1::LookupObjectRequest request) override;
  Task<v1::LookupBucketResponse> LookupBucket(RequestContextPtr context,
                                              v1::LookupBucketRequest request) override;
  Task<v1::ReadBucketsResponse> ReadBuckets(RequestContextPtr context) override;
  Task<ListedPage> ReadPage(RequestContextPtr context, v1::ReadPageRequest request) override;
  Task<v1::LookupUploadResponse> LookupUpload(RequestContextPtr context,
                                              v1::LookupUploadRequest request) override;
  Task<v1::ReadVersionsResponse> ReadVersions(RequestContextPtr context,
                                              v1::ReadVersionsRequest request) override;
  Task<v1::ReadPartsResponse> ReadParts(RequestContextPtr context,
                                        v1::ReadPartsRequest request) override;
  Task<v1::ReadUploadsResponse> ReadUploads(RequestContextPtr context,
                                            v1::ReadUploadsRequest request) override;

 private:
  const SimulatedDisk& disk_;
  BlockingPool& pool_;
  Catalog& catalog_;
};

class DirectClusterStub final : public ClusterStub {
 public:
  DirectClusterStub(const SimulatedDisk& disk, BlockingPool& pool, ClusterController& controller)
      : disk_(disk), pool_(pool), controller_(controller) {}

  Task<v1::RegisterNodeResponse> RegisterNode(RequestContextPtr context,
                                              v1::RegisterNodeRequest request) override;
  Task<v1::HeartbeatResponse> Heartbeat(RequestContextPtr context,
                                        v1::HeartbeatRequest request) override;
  Task<v1::OfferVersionsResponse> OfferVersions(RequestContextPtr context,
                                                v1::OfferVersionsRequest request) override;
  Task<v1::GetClusterMapResponse> GetClusterMap(RequestContextPtr context,
                                                v1::GetClusterMapRequest request) override;
  Task<v1::ClusterStatus> GetClusterStatus(RequestContextPtr context) override;
  Task<v1::PlanNodeChangeResponse> PlanNodeChange(RequestContextPtr context,
                                                  v1::PlanNodeChangeRequest request) override;
  Task<v1::ApplyNodeChangeResponse> ApplyNodeChange(RequestContextPtr context,
                                                    v1::ApplyNodeChangeRequest request) override;
  Task<v1::ListJobsResponse> ListJobs(RequestContextPtr context) override;
  Task<v1::ChangeJobResponse> ChangeJob(RequestContextPtr context,
                                        v1::ChangeJobRequest request) override;

 private:
  const SimulatedDisk& disk_;
  BlockingPool& pool_;
  ClusterController& controller_;
};

}  // namespace trebol
