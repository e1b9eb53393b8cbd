#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/stub/metadata_stub.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Pages of unfinished multipart uploads, and of the parts of one. Thread-safe.
class ListUploads {
 public:
  explicit ListUploads(std::shared_ptr<MetadataStub> metadata) : metadata_(std::move(metadata)) {}

  Task<v1::ListMultipartUploadsResponse> Run(RequestContextPtr context,
                                             v1::ListMultipartUploadsRequest request);
  /// UPLOAD_NOT_FOUND, also for one that was completed.
  Task<v1::ListPartsResponse> Parts(RequestContextPtr context, v1::ListPartsRequest request);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
};

}  // namespace trebol
