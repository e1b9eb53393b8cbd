#pragma once

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/object/listed_page.h"
#include "trebol/v1/metadata.pb.h"

namespace trebol {

/// The namespace, as metadata.proto describes it. One attempt a call; whoever calls decides about
/// repeats (a Submit that ended ambiguously is repeated as it is). Thread-safe.
class MetadataStub {
 public:
  virtual ~MetadataStub() = default;

  virtual Task<v1::SubmitResponse> Submit(RequestContextPtr context, v1::SubmitRequest request) = 0;
  virtual Task<v1::LookupObjectResponse> LookupObject(RequestContextPtr context,
                                                      v1::LookupObjectRequest request) = 0;
  virtual Task<v1::LookupBucketResponse> LookupBucket(RequestContextPtr context,
                                                      v1::LookupBucketRequest request) = 0;
  virtual Task<v1::ReadBucketsResponse> ReadBuckets(RequestContextPtr context) = 0;
  virtual Task<ListedPage> ReadPage(RequestContextPtr context, v1::ReadPageRequest request) = 0;
  virtual Task<v1::LookupUploadResponse> LookupUpload(RequestContextPtr context,
                                                      v1::LookupUploadRequest request) = 0;
  virtual Task<v1::ReadVersionsResponse> ReadVersions(RequestContextPtr context,
                                                      v1::ReadVersionsRequest request) = 0;
  virtual Task<v1::ReadPartsResponse> ReadParts(RequestContextPtr context,
                                                v1::ReadPartsRequest request) = 0;
  virtual Task<v1::ReadUploadsResponse> ReadUploads(RequestContextPtr context,
                                                    v1::ReadUploadsRequest request) = 0;
};

}  // namespace trebol
