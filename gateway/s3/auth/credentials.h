#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/async/request_context.h"
#include "common/async/task.h"

namespace trebol {

/// An access key as signatures need it. A value. Never logged: `secret` is one.
struct AccessKey {
  std::string id;
  std::string secret;
  std::string user;
  std::string display_name;
  std::optional<absl::Time> expires;  // from then on it is good for nothing; empty: never
  bool root = false;
};

/// Where access keys are looked up. Thread-safe.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  /// The key of this id, also one that expired; nothing for an id that is nobody's. UNAVAILABLE or
  /// DEADLINE_EXCEEDED when that cannot be said now.
  virtual Task<std::optional<AccessKey>> Find(RequestContextPtr context, std::string id) = 0;
};

/// The secret to check a signature with: of an id that is nobody's, and of a key without a secret,
/// one that nobody has. So the work is the same, and whoever calls then says UnknownAccessKey.
std::string SecretOrDecoy(const std::optional<AccessKey>& key);
/// Whether there is a key that can sign.
bool CanSign(const std::optional<AccessKey>& key);

/// ACCESS_KEY_UNKNOWN.
absl::Status UnknownAccessKey(absl::string_view id);
/// ACCESS_KEY_EXPIRED.
absl::Status CheckNotExpired(const AccessKey& key, absl::Time now);

}  // namespace trebol
