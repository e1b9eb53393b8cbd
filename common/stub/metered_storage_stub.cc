#include "common/stub/metered_storage_stub.h"

#include <utility>

namespace trebol {
namespace {

Counter& CounterOf(Registry& registry, const char* method) {
  return registry.AddCounter("trebol_gateway_node_calls_total",
                             "Calls to storage nodes that began, a chunk each, by method.",
                             {{"method", method}});
}

}  // namespace

MeteredStorageStub::MeteredStorageStub(std::shared_ptr<StorageStub> stub, Registry& registry)
    : stub_(std::move(stub)),
      puts_(CounterOf(registry, "PutChunk")),
      gets_(CounterOf(registry, "GetChunk")),
      stats_(CounterOf(registry, "StatChunk")),
      deletes_(CounterOf(registry, "DeleteVersions")),
      reports_(CounterOf(registry, "ReportSession")) {}

// No coroutines of their own: a call passes through without a frame.

Task<v1::PutChunkResponse> MeteredStorageStub::PutChunk(RequestContextPtr context,
                                                        std::string endpoint,
                                                        v1::PutChunkRequest header, Bytes data) {
  puts_.Add();
  return stub_->PutChunk(std::move(context), std::move(endpoint), std::move(header),
                         std::move(data));
}

Task<ChunkAnswer> MeteredStorageStub::GetChunk(RequestContextPtr context, std::string endpoint,
                                               v1::GetChunkRequest request) {
  gets_.Add();
  return stub_->GetChunk(std::move(context), std::move(endpoint), std::move(request));
}

Task<v1::StatChunkResponse> MeteredStorageStub::StatChunk(RequestContextPtr context,
                                                          std::string endpoint,
                                                          v1::StatChunkRequest request) {
  stats_.Add();
  return stub_->StatChunk(std::move(context), std::move(endpoint), std::move(request));
}

Task<v1::DeleteVersionsResponse> MeteredStorageStub::DeleteVersions(
    RequestContextPtr context, std::string endpoint, v1::DeleteVersionsRequest request) {
  deletes_.Add();
  return stub_->DeleteVersions(std::move(context), std::move(endpoint), std::move(request));
}

Task<v1::ReportSessionResponse> MeteredStorageStub::ReportSession(
    RequestContextPtr context, std::string endpoint, v1::ReportSessionRequest request) {
  reports_.Add();
  return stub_->ReportSession(std::move(context), std::move(endpoint), std::move(request));
}

}  // namespace trebol
