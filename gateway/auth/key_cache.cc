#include "gateway/auth/key_cache.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"

namespace trebol {
namespace {

absl::Status Unknown(absl::string_view id) {
  return MakeError(
      absl::StatusCode::kUnauthenticated, v1::ACCESS_KEY_UNKNOWN,
      absl::StrCat("there is no key '", absl::CHexEscape(id.substr(0, kMaxAccessKeyIdSize)),
                   "'; check the id, or let root create or import it"));
}

}  // namespace

Task<KeyCache::Key> KeyCache::Find(RequestContextPtr context, std::string id) {
  if (!ValidateAccessKeyId(id).ok()) co_return Unknown(id);
  const Instant asked = clock_.Now();
  CO_ASSIGN_OR_RETURN(Key known, WithoutAsking(id, asked));
  if (known != nullptr) co_return Unexpired(std::move(known));
  v1::LookupAccessKeyRequest request;
  request.set_id(id);
  auto found = co_await identity_->LookupAccessKey(std::move(context), std::move(request));
  if (found.ok()) {
    auto key = std::make_shared<const v1::AccessKeyRow>(std::move(*found->mutable_key()));
    Remember(id, key, asked);
    co_return Unexpired(std::move(key));
  }
  if (ReasonOf(found.status()) == v1::ACCESS_KEY_UNKNOWN) {
    Refuse(id, clock_.Now());
    co_return Unknown(id);
  }
  Key stale = Stale(id, clock_.Now());
  if (stale == nullptr) co_return found.status();
  co_return Unexpired(std::move(stale));
}

void KeyCache::Forget(const std::string& id) {
  MutexLock lock(&mutex_);
  known_.erase(id);
  refused_until_.erase(id);
}

absl::StatusOr<KeyCache::Key> KeyCache::WithoutAsking(const std::string& id, Instant now) {
  MutexLock lock(&mutex_);
  if (const auto refused = refused_until_.find(id); refused != refused_until_.end()) {
    if (now < refused->second) return Unknown(id);
    refused_until_.erase(refused);
  }
  const auto known = known_.find(id);
  if (known == known_.end() || now - known->second.seen >= options_.usable_for) return Key();
  if (now < known->second.ask_again) return known->second.key;
  known->second.ask_again = now + kMetadataCallTimeout;
  return Key();
}

KeyCache::Key KeyCache::Stale(const std::string& id, Instant now) {
  MutexLock lock(&mutex_);
  const auto known = known_.find(id);
  if (known == known_.end() || now - known->second.seen >= options_.usable_for) return nullptr;
  return known->second.key;
}

void KeyCache::Remember(const std::string& id, Key key, Instant asked) {
  MutexLock lock(&mutex_);
  refused_until_.erase(id);
  if (known_.size() >= options_.max_keys && !known_.contains(id)) {
    absl::erase_if(
        known_, [&](const auto& entry) { return asked - entry.second.seen >= options_.fresh_for; });
    if (known_.size() >= options_.max_keys) known_.clear();
  }
  known_[id] = {std::move(key), asked, asked + options_.fresh_for};
}

void KeyCache::Refuse(const std::string& id, Instant now) {
  MutexLock lock(&mutex_);
  known_.erase(id);
  if (refused_until_.size() >= options_.max_refused) refused_until_.clear();
  refused_until_[id] = now + options_.refused_for;
}

absl::StatusOr<KeyCache::Key> KeyCache::Unexpired(Key key) const {
  if (key->expires_us() == 0) return key;
  const absl::Time expires = absl::FromUnixMicros(static_cast<int64_t>(key->expires_us()));
  if (clock_.WallTime() < expires) return key;
  return MakeError(absl::StatusCode::kUnauthenticated, v1::ACCESS_KEY_EXPIRED,
                   absl::StrCat("the key '", key->id(), "' expired at ",
                                absl::FormatTime(absl::RFC3339_sec, expires, absl::UTCTimeZone()),
                                "; ask for another"));
}

}  // namespace trebol
