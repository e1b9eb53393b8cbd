#include "gateway/replication/watched_storage_stub.h"

#include "common/base/clock.h"
#include "common/base/error.h"

namespace trebol {

CircuitBreaker::Result WhatItSaysOfTheNode(const absl::Status& status,
                                           const RequestContext& context) {
  using Result = CircuitBreaker::Result;
  if (status.ok()) return Result::kAnswered;
  if (context.cancellation->cancelled() ||
      (absl::IsDeadlineExceeded(status) && SystemClock().Now() >= context.deadline)) {
    return Result::kGivenUp;
  }
  switch (ReasonOf(status)) {
    case v1::ERROR_REASON_UNSPECIFIED:
      break;
    case v1::STORE_FAILED:
      return Result::kFailed;
    default:
      return Result::kAnswered;  // it refused, which takes a node at work
  }
  if (absl::IsUnavailable(status)) return Result::kUnreachable;
  return IsAmbiguous(status) ? Result::kFailed : Result::kAnswered;
}

Task<v1::PutChunkResponse> WatchedStorageStub::PutChunk(RequestContextPtr context,
                                                        std::string endpoint,
                                                        v1::PutChunkRequest header, Bytes data) {
  const NodeHealth::Call call =
      nodes_->Begin(NodeId(header.node()), NodeHealth::Kind::kPut, data.size());
  auto response =
      co_await storage_->PutChunk(context, std::move(endpoint), std::move(header), std::move(data));
  nodes_->End(call, WhatItSaysOfTheNode(response.status(), *context));
  co_return response;
}

Task<ChunkAnswer> WatchedStorageStub::GetChunk(RequestContextPtr context, std::string endpoint,
                                               v1::GetChunkRequest request) {
  const NodeHealth::Call call =
      nodes_->Begin(NodeId(request.node()), NodeHealth::Kind::kGet, request.length());
  auto answer = co_await storage_->GetChunk(context, std::move(endpoint), std::move(request));
  nodes_->End(call, WhatItSaysOfTheNode(answer.status(), *context));
  co_return answer;
}

Task<v1::StatChunkResponse> WatchedStorageStub::StatChunk(RequestContextPtr context,
                                                          std::string endpoint,
                                                          v1::StatChunkRequest request) {
  const NodeHealth::Call call = nodes_->Begin(NodeId(request.node()), NodeHealth::Kind::kOther, 0);
  auto response = co_await storage_->StatChunk(context, std::move(endpoint), std::move(request));
  nodes_->End(call, WhatItSaysOfTheNode(response.status(), *context));
  co_return response;
}

Task<v1::DeleteVersionsResponse> WatchedStorageStub::DeleteVersions(
    RequestContextPtr context, std::string endpoint, v1::DeleteVersionsRequest request) {
  const NodeHealth::Call call = nodes_->Begin(NodeId(request.node()), NodeHealth::Kind::kOther, 0);
  auto response =
      co_await storage_->DeleteVersions(context, std::move(endpoint), std::move(request));
  nodes_->End(call, WhatItSaysOfTheNode(response.status(), *context));
  co_return response;
}

Task<v1::ReportSessionResponse> WatchedStorageStub::ReportSession(
    RequestContextPtr context, std::string endpoint, v1::ReportSessionRequest request) {
  const NodeHealth::Call call = nodes_->Begin(NodeId(request.node()), NodeHealth::Kind::kOther, 0);
  auto response =
      co_await storage_->ReportSession(context, std::move(endpoint), std::move(request));
  nodes_->End(call, WhatItSaysOfTheNode(response.status(), *context));
  co_return response;
}

}  // namespace trebol
