#include "common/stub/grpc_identity_stub.h"

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/rpc/unary_call.h"
#include "common/stub/metadata_answer.h"

namespace trebol {

template <typename Response, typename Request>
Task<Response> GrpcIdentityStub::Call(RequestContextPtr context, const char* method,
                                      Request request) {
  // Metadata would take such a caller for one of another cluster, which is for good; this passes.
  if (identity_->cluster_id().empty()) {
    co_return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                        "this gateway has not joined its cluster yet; send the request again");
  }
  co_return co_await FromMetadata<Response>(
      endpoint_, UnaryCall<Response>(std::move(context), channels_->Pick(endpoint_), identity_,
                                     method, request, kMetadataCallTimeout));
}

Task<v1::LookupAccessKeyResponse> GrpcIdentityStub::LookupAccessKey(
    RequestContextPtr context, v1::LookupAccessKeyRequest request) {
  return Call<v1::LookupAccessKeyResponse>(
      std::move(context), "/trebol.v1.IdentityService/LookupAccessKey", std::move(request));
}

Task<v1::ReadAccessKeysResponse> GrpcIdentityStub::ReadAccessKeys(
    RequestContextPtr context, v1::ReadAccessKeysRequest request) {
  return Call<v1::ReadAccessKeysResponse>(
      std::move(context), "/trebol.v1.IdentityService/ReadAccessKeys", std::move(request));
}

}  // namespace trebol
