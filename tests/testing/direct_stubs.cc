#include "tests/testing/direct_stubs.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "storage-node/service/chunk_calls.h"
#include "storage-node/service/peer_calls.h"

namespace trebol {
namespace {

void DieWithPower(const SimulatedDisk& disk, const RequestContextPtr& context) {
  if (!disk.powered()) context->cancellation->Cancel();
}

template <typename Response>
Task<Response> OnPool(const SimulatedDisk& disk, BlockingPool& pool, RequestContextPtr context,
                      std::function<absl::StatusOr<Response>()> work) {
  BlockingPool* const threads = &pool;
  auto response = co_await SuspendUntil<absl::StatusOr<Response>>(
      [threads, work](std::function<void(absl::StatusOr<Response>)> resume) {
        if (!threads->TrySubmit([work, resume] { resume(work()); })) {
          resume(absl::ResourceExhaustedError("too much waits already"));
        }
      });
  DieWithPower(disk, context);
  co_return response;
}

}  // namespace

// ---- Storage ----

void DirectStorageStub::RefuseWritesOf(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  refusing_ = endpoint;
}

Task<v1::PutChunkResponse> DirectStorageStub::PutChunk(RequestContextPtr context,
                                                       std::string endpoint,
                                                       v1::PutChunkRequest header, Bytes data) {
  {
    MutexLock lock(&mutex_);
    if (endpoint == refusing_) {
      co_return MakeError(absl::StatusCode::kResourceExhausted, v1::DISK_FULL,
                          absl::StrCat(endpoint, " takes no chunks"));
    }
  }
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<v1::PutChunkResponse>(
      disk_, pool_, context, [node, header = std::move(header), data = std::move(data)] {
        const PutChunkCall call{header, data};
        return std::move(PutChunks(*node.store, *node.map, {&call, 1}).front());
      });
}

Task<ChunkAnswer> DirectStorageStub::GetChunk(RequestContextPtr context, std::string endpoint,
                                              v1::GetChunkRequest request) {
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<ChunkAnswer>(
      disk_, pool_, context, [node, request]() -> absl::StatusOr<ChunkAnswer> {
        ASSIGN_OR_RETURN(GetChunkResult chunk, trebol::GetChunk(*node.store, *node.map, request));
        return ChunkAnswer{std::move(chunk.header), std::move(chunk.data)};
      });
}

Task<v1::StatChunkResponse> DirectStorageStub::StatChunk(RequestContextPtr context,
                                                         std::string endpoint,
                                                         v1::StatChunkRequest request) {
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<v1::StatChunkResponse>(disk_, pool_, context, [node, request] {
    return trebol::StatChunk(*node.store, *node.map, request);
  });
}

Task<v1::DeleteVersionsResponse> DirectStorageStub::DeleteVersions(
    RequestContextPtr context, std::string endpoint, v1::DeleteVersionsRequest request) {
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<v1::DeleteVersionsResponse>(disk_, pool_, context, [node, request] {
    return trebol::DeleteVersions(*node.store, *node.map, request);
  });
}

Task<v1::ReportSessionResponse> DirectStorageStub::ReportSession(RequestContextPtr context,
                                                                 std::string endpoint,
                                                                 v1::ReportSessionRequest request) {
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<v1::ReportSessionResponse>(disk_, pool_, context, [node, request] {
    return trebol::ReportSession(*node.store, *node.map, request);
  });
}

Task<v1::ComparePartitionsResponse> DirectPeerStub::ComparePartitions(
    RequestContextPtr context, std::string endpoint, v1::ComparePartitionsRequest request) {
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<v1::ComparePartitionsResponse>(disk_, pool_, context, [node, request] {
    return trebol::ComparePartitions(node.store->inventory(), node.store->Statistics().uncertain,
                                     *node.map, request);
  });
}

Task<v1::ListChunksResponse> DirectPeerStub::ListChunks(RequestContextPtr context,
                                                        std::string endpoint,
                                                        v1::ListChunksRequest request) {
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<v1::ListChunksResponse>(disk_, pool_, context, [node, request] {
    return trebol::ListChunks(node.store->inventory(), *node.map, request);
  });
}

Task<v1::ListVersionsResponse> DirectPeerStub::ListVersions(RequestContextPtr context,
                                                            std::string endpoint,
                                                            v1::ListVersionsRequest request) {
  const Node node = nodes_.at(endpoint);
  co_return co_await OnPool<v1::ListVersionsResponse>(disk_, pool_, context, [node, request] {
    return trebol::ListVersions(node.store->inventory(), node.store->Statistics().incarnation,
                                *node.map, request);
  });
}

// ---- Metadata ----

Task<v1::SubmitResponse> DirectMetadataStub::Submit(RequestContextPtr context,
                                                    v1::SubmitRequest request) {
  v1::Command command = std::move(*request.mutable_command());
  if (command.has_open_session()) command.mutable_open_session()->set_session(RandomId());
  Catalog* const catalog = &catalog_;
  auto result = co_await SuspendUntil<absl::StatusOr<SubmitResult>>(
      [catalog, command](std::function<void(absl::StatusOr<SubmitResult>)> resume) {
        catalog->SubmitAsync(command, std::move(resume));
      });
  DieWithPower(disk_, context);
  CO_RETURN_IF_ERROR(result.status());
  v1::SubmitResponse response;
  *response.mutable_outcome() = std::move(result->outcome);
  *response.mutable_position() = result->position;
  co_return response;
}

Task<v1::LookupObjectResponse> DirectMetadataStub::LookupObject(RequestContextPtr context,
                                                                v1::LookupObjectRequest request) {
  co_return co_await OnPool<v1::LookupObjectResponse>(
      disk_, pool_, context,
      [catalog = &catalog_, request] { return catalog->LookupObject(request); });
}

Task<v1::LookupBucketResponse> DirectMetadataStub::LookupBucket(RequestContextPtr context,
                                                                v1::LookupBucketRequest request) {
  co_return co_await OnPool<v1::LookupBucketResponse>(
      disk_, pool_, context,
      [catalog = &catalog_, request] { return catalog->LookupBucket(request); });
}

Task<v1::ReadBucketsResponse> DirectMetadataStub::ReadBuckets(RequestContextPtr context) {
  co_return co_await OnPool<v1::ReadBucketsResponse>(
      disk_, pool_, context, [catalog = &catalog_] { return catalog->ReadBuckets(); });
}

Task<ListedPage> DirectMetadataStub::ReadPage(RequestContextPtr context,
                                              v1::ReadPageRequest request) {
  co_return co_await OnPool<ListedPage>(
      disk_, pool_, context, [catalog = &catalog_, request] { return catalog->ReadPage(request); });
}

Task<v1::LookupUploadResponse> DirectMetadataStub::LookupUpload(RequestContextPtr context,
                                                                v1::LookupUploadRequest request) {
  co_return co_await OnPool<v1::LookupUploadResponse>(
      disk_, pool_, context,
      [catalog = &catalog_, request] { return catalog->LookupUpload(request); });
}

Task<v1::ReadVersionsResponse> DirectMetadataStub::ReadVersions(RequestContextPtr context,
                                                                v1::ReadVersionsRequest request) {
  co_return co_await OnPool<v1::ReadVersionsResponse>(
      disk_, pool_, context,
      [catalog = &catalog_, request] { return catalog->ReadVersions(request); });
}

Task<v1::ReadPartsResponse> DirectMetadataStub::ReadParts(RequestContextPtr context,
                                                          v1::ReadPartsRequest request) {
  co_return co_await OnPool<v1::ReadPartsResponse>(
      disk_, pool_, context,
      [catalog = &catalog_, request] { return catalog->ReadParts(request); });
}

Task<v1::ReadUploadsResponse> DirectMetadataStub::ReadUploads(RequestContextPtr context,
                                                              v1::ReadUploadsRequest request) {
  co_return co_await OnPool<v1::ReadUploadsResponse>(
      disk_, pool_, context,
      [catalog = &catalog_, request] { return catalog->ReadUploads(request); });
}

// ---- The cluster ----

Task<v1::RegisterNodeResponse> DirectClusterStub::RegisterNode(RequestContextPtr context,
                                                               v1::RegisterNodeRequest request) {
  co_return co_await OnPool<v1::RegisterNodeResponse>(
      disk_, pool_, context,
      [controller = &controller_, request] { return controller->RegisterNode(request); });
}

Task<v1::HeartbeatResponse> DirectClusterStub::Heartbeat(RequestContextPtr context,
                                                         v1::HeartbeatRequest request) {
  co_return co_await OnPool<v1::HeartbeatResponse>(
      disk_, pool_, context,
      [controller = &controller_, request] { return controller->Heartbeat(request); });
}

Task<v1::OfferVersionsResponse> DirectClusterStub::OfferVersions(RequestContextPtr context,
                                                                 v1::OfferVersionsRequest request) {
  co_return co_await OnPool<v1::OfferVersionsResponse>(
      disk_, pool_, context,
      [controller = &controller_, request] { return controller->OfferVersions(request); });
}

Task<v1::GetClusterMapResponse> DirectClusterStub::GetClusterMap(RequestContextPtr context,
                                                                 v1::GetClusterMapRequest request) {
  co_return co_await OnPool<v1::GetClusterMapResponse>(
      disk_, pool_, context,
      [controller = &controller_, request] { return controller->GetClusterMap(request); });
}

Task<v1::ClusterStatus> DirectClusterStub::GetClusterStatus(RequestContextPtr context) {
  co_return co_await OnPool<v1::ClusterStatus>(disk_, pool_, context, [controller = &controller_] {
    return controller->GetClusterStatus();
  });
}

Task<v1::PlanNodeChangeResponse> DirectClusterStub::PlanNodeChange(
    RequestContextPtr context, v1::PlanNodeChangeRequest request) {
  co_return co_await OnPool<v1::PlanNodeChangeResponse>(
      disk_, pool_, context,
      [controller = &controller_, request] { return controller->PlanNodeChange(request); });
}

Task<v1::ApplyNodeChangeResponse> DirectClusterStub::ApplyNodeChange(
    RequestContextPtr context, v1::ApplyNodeChangeRequest request) {
  co_return co_await OnPool<v1::ApplyNodeChangeResponse>(
      disk_, pool_, context,
      [controller = &controller_, request] { return controller->ApplyNodeChange(request); });
}

Task<v1::ListJobsResponse> DirectClusterStub::ListJobs(RequestContextPtr context) {
  co_return co_await OnPool<v1::ListJobsResponse>(
      disk_, pool_, context, [controller = &controller_]() -> absl::StatusOr<v1::ListJobsResponse> {
        return controller->ListJobs();
      });
}

Task<v1::ChangeJobResponse> DirectClusterStub::ChangeJob(RequestContextPtr context,
                                                         v1::ChangeJobRequest request) {
  co_return co_await OnPool<v1::ChangeJobResponse>(
      disk_, pool_, context,
      [controller = &controller_, request] { return controller->ChangeJob(request); });
}

}  // namespace trebol
