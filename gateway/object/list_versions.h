#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/stub/metadata_stub.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// One page of a listing of all versions and delete markers. Page tokens as in ListObjects.
/// Thread-safe.
class ListVersions {
 public:
  explicit ListVersions(std::shared_ptr<MetadataStub> metadata) : metadata_(std::move(metadata)) {}

  Task<v1::ListObjectVersionsResponse> Run(RequestContextPtr context,
                                           v1::ListObjectVersionsRequest request);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
};

}  // namespace trebol
