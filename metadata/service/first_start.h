#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/config/access_pair.h"
#include "common/config/environment.h"

namespace trebol {

/// What the environment says of a cluster's first start.
struct FirstStart {
  /// Of root. Given differently later, it replaces the one that root had. Nothing: one is drawn.
  std::optional<AccessPair> root;
  /// To be made at the first start.
  std::vector<std::string> buckets;
};

/// AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, or else MINIO_ROOT_USER with MINIO_ROOT_PASSWORD,
/// each also as …_FILE, which names a file with the value; TREBOL_BUCKETS=a,b. INVALID_ARGUMENT for
/// half a pair, a value given twice, a file that cannot be read, and for what is no key or name of
/// a bucket. Secrets are not in errors. An empty variable counts as not set.
absl::StatusOr<FirstStart> ReadFirstStart(const Environment& environment);

}  // namespace trebol
