#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "common/stub/identity_stub.h"

namespace trebol {

/// IdentityStub over gRPC to one metadata process. NOT_READY until this process knows its cluster.
/// Thread-safe.
class GrpcIdentityStub final : public IdentityStub {
 public:
  GrpcIdentityStub(std::shared_ptr<Channels> channels, std::shared_ptr<const Identity> identity,
                   std::string endpoint)
      : channels_(std::move(channels)),
        identity_(std::move(identity)),
        endpoint_(std::move(endpoint)) {}

  Task<v1::LookupAccessKeyResponse> LookupAccessKey(RequestContextPtr context,
                                                    v1::LookupAccessKeyRequest request) override;
  Task<v1::ReadAccessKeysResponse> ReadAccessKeys(RequestContextPtr context,
                                                  v1::ReadAccessKeysRequest request) override;

 private:
  template <typename Response, typename Request>
  Task<Response> Call(RequestContextPtr context, const char* method, Request request);

  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<const Identity> identity_;
  const std::string endpoint_;
};

}  // namespace trebol
