#pragma once

#include <memory>
#include <string>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/stub/metadata_stub.h"
#include "gateway/cluster/gateway_session.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Finds the object that a read is about. Thread-safe.
class ObjectLookup {
 public:
  ObjectLookup(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<GatewaySession> session);

  /// An empty version is the latest. BUCKET_NOT_FOUND, OBJECT_NOT_FOUND, VERSION_NOT_FOUND,
  /// IS_DELETE_MARKER, those of names, and those of preconditions.
  Task<v1::LookupObjectResponse> Find(RequestContextPtr context, std::string bucket,
                                      std::string key, std::string version,
                                      v1::Preconditions preconditions);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<GatewaySession> session_;
};

/// What clients are told of what was found.
v1::ObjectInfo InfoOf(const std::string& bucket, const v1::LookupObjectResponse& found);

}  // namespace trebol
