#pragma once

#include <string>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// What storage nodes ask of each other, and metadata of them, beside chunks (chunk.proto,
/// PeerService). Idempotent. Thread-safe.
class PeerStub {
 public:
  virtual ~PeerStub() = default;

  virtual Task<v1::ComparePartitionsResponse> ComparePartitions(
      RequestContextPtr context, std::string endpoint, v1::ComparePartitionsRequest request) = 0;
  virtual Task<v1::ListChunksResponse> ListChunks(RequestContextPtr context, std::string endpoint,
                                                  v1::ListChunksRequest request) = 0;
  virtual Task<v1::ListVersionsResponse> ListVersions(RequestContextPtr context,
                                                      std::string endpoint,
                                                      v1::ListVersionsRequest request) = 0;
};

}  // namespace trebol
