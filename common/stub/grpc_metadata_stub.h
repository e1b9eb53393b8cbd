#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/rpc/batcher.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/stub/metadata_stub.h"

namespace trebol {

/// MetadataStub over gRPC to one metadata process. What every request needs goes through `batcher`.
/// Thread-safe.
class GrpcMetadataStub final : public MetadataStub {
 public:
  GrpcMetadataStub(std::shared_ptr<Channels> channels, std::shared_ptr<const Identity> identity,
                   std::shared_ptr<Batcher> batcher, std::string endpoint)
      : channels_(std::move(channels)),
        identity_(std::move(identity)),
        batcher_(std::move(batcher)),
        endpoint_(std::move(endpoint)) {}

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
  /// Call, once this process knows its cluster; NOT_READY before.
  template <typename Response, typename Request>
  Task<Response> Ask(RequestContextPtr context, const char* method, const Request& request);
  template <typename Response, typename Request>
  Task<Response> Call(RequestContextPtr context, const char* method, const Request& request);
  template <typename Response, typename Request>
  Task<Response> CallBatched(RequestContextPtr context, const BatchMethod* method,
                             const Request& request);

  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<const Identity> identity_;
  const std::shared_ptr<Batcher> batcher_;
  const std::string endpoint_;
};

}  // namespace trebol
