#pragma once

#include <memory>
#include <string>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/object/bucket_lookup.h"
#include "gateway/object/commands.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Creates, deletes, finds and lists buckets, and sets what they carry. Thread-safe.
class Buckets {
 public:
  Buckets(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<BucketLookup> lookup,
          std::shared_ptr<Commands> commands)
      : metadata_(std::move(metadata)),
        lookup_(std::move(lookup)),
        commands_(std::move(commands)) {}

  Task<v1::Bucket> Create(RequestContextPtr context, v1::CreateBucketRequest request);
  Task<v1::DeleteBucketResponse> Delete(RequestContextPtr context, v1::DeleteBucketRequest request);
  Task<v1::Bucket> Head(RequestContextPtr context, v1::HeadBucketRequest request);
  Task<v1::ListBucketsResponse> List(RequestContextPtr context);
  Task<v1::Bucket> SetVersioning(RequestContextPtr context, v1::SetBucketVersioningRequest request);
  Task<v1::Bucket> SetTags(RequestContextPtr context, v1::SetBucketTagsRequest request);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<BucketLookup> lookup_;
  const std::shared_ptr<Commands> commands_;
};

}  // namespace trebol
