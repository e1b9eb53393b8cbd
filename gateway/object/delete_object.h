#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/cluster/gateway_session.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Removes a name; its bytes become garbage when nothing refers to them. Thread-safe.
class DeleteObject {
 public:
  DeleteObject(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<GatewaySession> session);

  /// Idempotent: what does not exist is deleted with existed = false.
  Task<v1::DeleteObjectResponse> Run(RequestContextPtr context, v1::DeleteObjectRequest request);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<GatewaySession> session_;
};

}  // namespace trebol
