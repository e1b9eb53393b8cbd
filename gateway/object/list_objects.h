#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/stub/metadata_stub.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// One page of a listing. The page token is opaque to clients: it names where the next page begins
/// and is bound to bucket, prefix and delimiter, so that a token of another listing is refused.
/// Thread-safe.
class ListObjects {
 public:
  explicit ListObjects(std::shared_ptr<MetadataStub> metadata);

  /// An encoded ListObjectsResponse.
  Task<Bytes> Run(RequestContextPtr context, v1::ListObjectsRequest request);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
};

}  // namespace trebol
