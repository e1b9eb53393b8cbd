#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/auth/access.h"
#include "gateway/auth/key_cache.h"
#include "gateway/s3/auth/authenticate.h"
#include "gateway/s3/auth/credentials.h"

namespace trebol {

/// The keys that metadata has, for signatures. Thread-safe.
class KeySource final : public CredentialSource {
 public:
  explicit KeySource(std::shared_ptr<KeyCache> keys) : keys_(std::move(keys)) {}

  /// ACCESS_KEY_EXPIRED for a key after its time: its signature is not looked at.
  Task<std::optional<AccessKey>> Find(RequestContextPtr context, std::string id) override;

 private:
  const std::shared_ptr<KeyCache> keys_;
};

/// Who asks, of a request whose signature was found right, or that has none. Pure.
Caller CallerOf(const Signer& signer);

}  // namespace trebol
