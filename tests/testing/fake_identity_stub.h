#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/mutex.h"
#include "common/stub/identity_stub.h"

namespace trebol {

/// Keys in memory, for tests of those who ask for them. Thread-safe.
class FakeIdentityStub final : public IdentityStub {
 public:
  void Put(v1::AccessKeyRow key) {
    MutexLock lock(&mutex_);
    keys_[key.id()] = std::move(key);
  }
  void Remove(const std::string& id) {
    MutexLock lock(&mutex_);
    keys_.erase(id);
  }
  /// Metadata is away while this is not OK.
  void set_failure(absl::Status failure) {
    MutexLock lock(&mutex_);
    failure_ = std::move(failure);
  }
  int lookups() {
    MutexLock lock(&mutex_);
    return lookups_;
  }
  /// Runs inside each lookup, before it is answered. Set while no call runs.
  std::function<void()> on_lookup;

  Task<v1::LookupAccessKeyResponse> LookupAccessKey(RequestContextPtr,
                                                    v1::LookupAccessKeyRequest request) override {
    if (on_lookup != nullptr) on_lookup();
    MutexLock lock(&mutex_);
    ++lookups_;
    if (!failure_.ok()) co_return failure_;
    const auto found = keys_.find(request.id());
    if (found == keys_.end()) {
      co_return MakeError(absl::StatusCode::kNotFound, v1::ACCESS_KEY_UNKNOWN,
                          absl::StrCat("there is no key '", request.id(), "'"));
    }
    v1::LookupAccessKeyResponse response;
    *response.mutable_key() = found->second;
    co_return response;
  }

  Task<v1::ReadAccessKeysResponse> ReadAccessKeys(RequestContextPtr,
                                                  v1::ReadAccessKeysRequest request) override {
    MutexLock lock(&mutex_);
    if (!failure_.ok()) co_return failure_;
    v1::ReadAccessKeysResponse response;
    for (const auto& [id, key] : keys_) {
      if (!request.user().empty() && key.user() != request.user()) continue;
      *response.add_keys() = key;
      response.mutable_keys()->rbegin()->clear_secret();
    }
    co_return response;
  }

 private:
  Mutex mutex_;
  std::map<std::string, v1::AccessKeyRow> keys_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  int lookups_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace trebol
