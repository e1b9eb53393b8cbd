#include "common/stub/grpc_metadata_stub.h"

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/unary_call.h"
#include "common/stub/metadata_answer.h"

namespace trebol {
namespace {

constexpr BatchMethod kSubmit = {"/trebol.v1.MetadataService/Submit",
                                 "/trebol.v1.MetadataService/SubmitBatch", kMetadataCallTimeout};
constexpr BatchMethod kLookupObject = {"/trebol.v1.MetadataService/LookupObject",
                                       "/trebol.v1.MetadataService/LookupObjectBatch",
                                       kMetadataCallTimeout};

template <typename Response>
Task<Response> Decoded(Task<Bytes> call) {
  CO_ASSIGN_OR_RETURN(const Bytes answer, co_await std::move(call));
  Response response;
  CO_RETURN_IF_ERROR(Decode(answer, &response));
  co_return response;
}

/// Metadata would take such a caller for one of another cluster, which is for good; this passes.
template <typename Response>
Task<Response> NotJoined() {
  co_return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                      "this gateway has not joined its cluster yet; send the request again");
}

}  // namespace

template <typename Response, typename Request>
Task<Response> GrpcMetadataStub::Call(RequestContextPtr context, const char* method,
                                      const Request& request) {
  return FromMetadata<Response>(
      endpoint_, UnaryCall<Response>(std::move(context), channels_->Pick(endpoint_), identity_,
                                     method, request, kMetadataCallTimeout));
}

template <typename Response, typename Request>
Task<Response> GrpcMetadataStub::Ask(RequestContextPtr context, const char* method,
                                     const Request& request) {
  if (identity_->cluster_id().empty()) return NotJoined<Response>();
  return Call<Response>(std::move(context), method, request);
}

template <typename Response, typename Request>
Task<Response> GrpcMetadataStub::CallBatched(RequestContextPtr context, const BatchMethod* method,
                                             const Request& request) {
  return FromMetadata<Response>(
      endpoint_, Decoded<Response>(batcher_->Call(std::move(context), endpoint_, method,
                                                  Bytes(request.SerializeAsString()))));
}

Task<v1::SubmitResponse> GrpcMetadataStub::Submit(RequestContextPtr context,
                                                  v1::SubmitRequest request) {
  if (request.command().has_open_session()) {  // before this process knows its cluster
    return Call<v1::SubmitResponse>(std::move(context), kSubmit.one, request);
  }
  return CallBatched<v1::SubmitResponse>(std::move(context), &kSubmit, request);
}

Task<v1::LookupObjectResponse> GrpcMetadataStub::LookupObject(RequestContextPtr context,
                                                              v1::LookupObjectRequest request) {
  if (identity_->cluster_id().empty()) return NotJoined<v1::LookupObjectResponse>();
  return CallBatched<v1::LookupObjectResponse>(std::move(context), &kLookupObject, request);
}

Task<v1::LookupBucketResponse> GrpcMetadataStub::LookupBucket(RequestContextPtr context,
                                                              v1::LookupBucketRequest request) {
  return Ask<v1::LookupBucketResponse>(std::move(context),
                                       "/trebol.v1.MetadataService/LookupBucket", request);
}

Task<v1::ReadBucketsResponse> GrpcMetadataStub::ReadBuckets(RequestContextPtr context) {
  return Ask<v1::ReadBucketsResponse>(std::move(context), "/trebol.v1.MetadataService/ReadBuckets",
                                      v1::ReadBucketsRequest());
}

Task<ListedPage> GrpcMetadataStub::ReadPage(RequestContextPtr context,
                                            v1::ReadPageRequest request) {
  if (identity_->cluster_id().empty()) co_return co_await NotJoined<ListedPage>();
  CO_ASSIGN_OR_RETURN(const grpc::ByteBuffer answer,
                      co_await FromMetadata<grpc::ByteBuffer>(
                          endpoint_, UnaryCall(std::move(context), channels_->Pick(endpoint_),
                                               identity_, "/trebol.v1.MetadataService/ReadPage",
                                               Encode(request), kMetadataCallTimeout)));
  v1::ReadPageResponse header;
  CO_ASSIGN_OR_RETURN(Bytes page, DecodeWithPayload(answer, &header));
  co_return ListedPage{std::move(page), header.more(), std::move(*header.mutable_next_after())};
}

Task<v1::LookupUploadResponse> GrpcMetadataStub::LookupUpload(RequestContextPtr context,
                                                              v1::LookupUploadRequest request) {
  return Ask<v1::LookupUploadResponse>(std::move(context),
                                       "/trebol.v1.MetadataService/LookupUpload", request);
}

Task<v1::ReadVersionsResponse> GrpcMetadataStub::ReadVersions(RequestContextPtr context,
                                                              v1::ReadVersionsRequest request) {
  return Ask<v1::ReadVersionsResponse>(std::move(context),
                                       "/trebol.v1.MetadataService/ReadVersions", request);
}

Task<v1::ReadPartsResponse> GrpcMetadataStub::ReadParts(RequestContextPtr context,
                                                        v1::ReadPartsRequest request) {
  return Ask<v1::ReadPartsResponse>(std::move(context), "/trebol.v1.MetadataService/ReadParts",
                                    request);
}

Task<v1::ReadUploadsResponse> GrpcMetadataStub::ReadUploads(RequestContextPtr context,
                                                            v1::ReadUploadsRequest request) {
  return Ask<v1::ReadUploadsResponse>(std::move(context), "/trebol.v1.MetadataService/ReadUploads",
                                      request);
}

}  // namespace trebol
