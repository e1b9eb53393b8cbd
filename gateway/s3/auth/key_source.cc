#include "gateway/s3/auth/key_source.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol {

Task<std::optional<AccessKey>> KeySource::Find(RequestContextPtr context, std::string id) {
  const auto found = co_await keys_->Find(std::move(context), std::move(id));
  if (ReasonOf(found.status()) == v1::ACCESS_KEY_UNKNOWN) co_return std::nullopt;
  CO_RETURN_IF_ERROR(found.status());
  const v1::AccessKeyRow& row = **found;
  AccessKey key{.id = row.id(),
                .secret = row.secret(),
                .user = row.user(),
                .display_name = row.display_name(),
                .root = row.root()};
  if (row.expires_us() != 0) {
    key.expires = absl::FromUnixMicros(static_cast<int64_t>(row.expires_us()));
  }
  co_return key;
}

Caller CallerOf(const Signer& signer) {
  if (signer.anonymous) return Caller();
  const AccessKey& key = signer.key;
  return {.kind = key.root ? Caller::Kind::kRoot : Caller::Kind::kUser,
          .user = key.user,
          .display_name = key.display_name.empty() ? key.user : key.display_name,
          .key_id = key.id};
}

}  // namespace trebol
