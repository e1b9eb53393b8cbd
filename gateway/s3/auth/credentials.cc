#include "gateway/s3/auth/credentials.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/sigv4/sigv4.h"

namespace trebol {

bool CanSign(const std::optional<AccessKey>& key) { return key && !key->secret.empty(); }

std::string SecretOrDecoy(const std::optional<AccessKey>& key) {
  static const std::string* const decoy = new std::string(RandomHex(20));
  return CanSign(key) ? key->secret : *decoy;
}

absl::Status UnknownAccessKey(absl::string_view id) {
  return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_KEY_UNKNOWN,
                   absl::StrCat("The access key id you provided does not exist in our records: '",
                                absl::CHexEscape(id), "'"));
}

absl::Status CheckNotExpired(const AccessKey& key, absl::Time now) {
  if (!key.expires || now < *key.expires) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_KEY_EXPIRED,
                   absl::StrCat("the access key '", key.id, "' expired at ",
                                sigv4::FormatTimestamp(*key.expires), "; ask for a new one"));
}

}  // namespace trebol
