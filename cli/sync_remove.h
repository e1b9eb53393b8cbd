#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/sync_side.h"
#include "client/client.h"

namespace trebol::cli {

/// Removes these of a side that was read; an object only as the listing showed it, so that a newer
/// one stays. Directories that become empty go with their files. Failures go to the console.
/// Returns how many were removed.
size_t RemoveNames(const client::Client& client, const SyncSide& side,
                   const std::vector<std::string>& names, bool quiet, int jobs, Console& console);

}  // namespace trebol::cli
