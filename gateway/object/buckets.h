#pragma once

#include <memory>
#include <string>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/cluster/gateway_session.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Creates, deletes, finds and lists buckets. Thread-safe.
class Buckets {
 public:
  Buckets(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<GatewaySession> session);

  Task<v1::Bucket> Create(RequestContextPtr context, v1::CreateBucketRequest request);
  Task<v1::DeleteBucketResponse> Delete(RequestContextPtr context, v1::DeleteBucketRequest request);
  Task<v1::Bucket> Head(RequestContextPtr context, std::string bucket);
  Task<v1::ListBucketsResponse> List(RequestContextPtr context);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<GatewaySession> session_;
};

}  // namespace trebol
