#include "common/stub/grpc_storage_stub.h"

#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/unary_call.h"

namespace trebol {
namespace {

// Chunks up to this size travel with others.
constexpr uint64_t kSmallChunk = 32 * kKiB;
constexpr BatchMethod kPutChunk = {"/trebol.v1.ChunkService/PutChunk",
                                   "/trebol.v1.ChunkService/PutChunkBatch", kChunkCallBaseTimeout};
constexpr BatchMethod kGetChunk = {"/trebol.v1.ChunkService/GetChunk",
                                   "/trebol.v1.ChunkService/GetChunkBatch", kChunkCallBaseTimeout};

absl::Duration TimeoutFor(uint64_t bytes) {
  return kChunkCallBaseTimeout + absl::Seconds(static_cast<double>(bytes) / kMiB);
}

}  // namespace

template <typename Response, typename Request>
Task<Response> GrpcStorageStub::Call(RequestContextPtr context, const std::string& endpoint,
                                     const char* method, const Request& request,
                                     absl::Duration timeout) {
  return UnaryCall<Response>(std::move(context), channels_->Pick(endpoint), identity_, method,
                             request, timeout);
}

Task<v1::PutChunkResponse> GrpcStorageStub::PutChunk(RequestContextPtr context,
                                                     std::string endpoint,
                                                     v1::PutChunkRequest header, Bytes data) {
  v1::PutChunkResponse response;
  if (data.size() <= kSmallChunk) {
    CO_ASSIGN_OR_RETURN(const Bytes answer,
                        co_await batcher_->Call(std::move(context), std::move(endpoint), &kPutChunk,
                                                JoinPayload(header, data)));
    CO_RETURN_IF_ERROR(Decode(answer, &response));
    co_return response;
  }
  CO_ASSIGN_OR_RETURN(
      const grpc::ByteBuffer answer,
      co_await UnaryCall(std::move(context), channels_->Pick(endpoint), identity_, kPutChunk.one,
                         EncodeWithPayload(header, data), TimeoutFor(data.size())));
  CO_RETURN_IF_ERROR(Decode(answer, &response));
  co_return response;
}

Task<ChunkAnswer> GrpcStorageStub::GetChunk(RequestContextPtr context, std::string endpoint,
                                            v1::GetChunkRequest request) {
  const uint64_t expected = request.length() == 0 ? kMaxChunkSize : request.length();
  ChunkAnswer chunk;
  if (expected <= kSmallChunk) {
    CO_ASSIGN_OR_RETURN(const Bytes answer,
                        co_await batcher_->Call(std::move(context), std::move(endpoint), &kGetChunk,
                                                Bytes(request.SerializeAsString())));
    CO_ASSIGN_OR_RETURN(chunk.data, SplitPayload(answer, &chunk.header));
    co_return chunk;
  }
  CO_ASSIGN_OR_RETURN(const grpc::ByteBuffer answer,
                      co_await UnaryCall(std::move(context), channels_->Pick(endpoint), identity_,
                                         kGetChunk.one, Encode(request), TimeoutFor(expected)));
  CO_ASSIGN_OR_RETURN(chunk.data, DecodeWithPayload(answer, &chunk.header));
  co_return chunk;
}

Task<v1::StatChunkResponse> GrpcStorageStub::StatChunk(RequestContextPtr context,
                                                       std::string endpoint,
                                                       v1::StatChunkRequest request) {
  // Bytes that are verified travel from the disk only, at about this rate if it is slow.
  const uint64_t bytes =
      request.verify() ? static_cast<uint64_t>(request.chunks_size()) * kDefaultChunkSize : 0;
  return Call<v1::StatChunkResponse>(std::move(context), endpoint,
                                     "/trebol.v1.ChunkService/StatChunk", request,
                                     TimeoutFor(bytes));
}

Task<v1::DeleteVersionsResponse> GrpcStorageStub::DeleteVersions(
    RequestContextPtr context, std::string endpoint, v1::DeleteVersionsRequest request) {
  return Call<v1::DeleteVersionsResponse>(std::move(context), endpoint,
                                          "/trebol.v1.ChunkService/DeleteVersions", request,
                                          kChunkCallBaseTimeout);
}

Task<v1::ReportSessionResponse> GrpcStorageStub::ReportSession(RequestContextPtr context,
                                                               std::string endpoint,
                                                               v1::ReportSessionRequest request) {
  return Call<v1::ReportSessionResponse>(std::move(context), endpoint,
                                         "/trebol.v1.ChunkService/ReportSession", request,
                                         kChunkCallBaseTimeout);
}

}  // namespace trebol
