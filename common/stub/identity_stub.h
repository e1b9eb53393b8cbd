#pragma once

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "trebol/v1/identity.pb.h"

namespace trebol {

/// Who calls, as identity.proto describes it: what metadata knows of keys. One attempt a call.
/// Thread-safe.
class IdentityStub {
 public:
  virtual ~IdentityStub() = default;

  virtual Task<v1::LookupAccessKeyResponse> LookupAccessKey(RequestContextPtr context,
                                                            v1::LookupAccessKeyRequest request) = 0;
  virtual Task<v1::ReadAccessKeysResponse> ReadAccessKeys(RequestContextPtr context,
                                                          v1::ReadAccessKeysRequest request) = 0;
};

}  // namespace trebol
