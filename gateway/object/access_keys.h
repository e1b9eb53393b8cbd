#pragma once

#include <memory>
#include <utility>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/stub/identity_stub.h"
#include "gateway/auth/key_cache.h"
#include "gateway/object/commands.h"
#include "trebol/v1/access.pb.h"

namespace trebol {

/// Makes, takes in, lists and deletes keys, as AccessService describes it. Thread-safe.
class AccessKeys {
 public:
  /// `cache` is told which keys changed.
  AccessKeys(std::shared_ptr<IdentityStub> identity, std::shared_ptr<Commands> commands,
             std::shared_ptr<KeyCache> cache)
      : identity_(std::move(identity)), commands_(std::move(commands)), cache_(std::move(cache)) {}

  Task<v1::AccessKey> Create(RequestContextPtr context, v1::CreateAccessKeyRequest request);
  Task<v1::AccessKey> Import(RequestContextPtr context, v1::ImportAccessKeyRequest request);
  Task<v1::ListAccessKeysResponse> List(RequestContextPtr context,
                                        v1::ListAccessKeysRequest request);
  Task<v1::DeleteAccessKeyResponse> Delete(RequestContextPtr context,
                                           v1::DeleteAccessKeyRequest request);

 private:
  /// The row as it is then: of a repeat, that of the first attempt.
  Task<v1::AccessKeyRow> Put(RequestContextPtr context, v1::OperationId operation,
                             v1::AccessKeyRow row);

  const std::shared_ptr<IdentityStub> identity_;
  const std::shared_ptr<Commands> commands_;
  const std::shared_ptr<KeyCache> cache_;
};

}  // namespace trebol
