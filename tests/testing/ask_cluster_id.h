#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/access_pair.h"

namespace trebol {

/// The cluster id that a gateway's AdminService tells. Repeats until `deadline` while the gateway
/// says that it cannot tell yet. Signed with `key`.
absl::StatusOr<std::string> AskClusterId(absl::string_view gateway, const AccessPair& key,
                                         absl::Time deadline);

}  // namespace trebol
