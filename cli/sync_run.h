#pragma once

#include <vector>

#include "cli/console.h"
#include "cli/sync_plan.h"
#include "cli/sync_side.h"
#include "client/client.h"

namespace trebol::cli {

struct SyncOptions {
  std::vector<Filter> filters;
  bool remove = false;
  bool dry_run = false;
  bool size_only = false;
  bool yes = false;
  bool quiet = false;
  int jobs = 8;
};

/// Makes `destination` hold what `source` holds, within the filters: copies what is missing or
/// differs, then removes what the source lacks. Every failure goes to the console; nothing is
/// removed when not all of the source could be read.
void RunSync(const client::Client& client, SyncSide source, SyncSide destination,
             const SyncOptions& options, Console& console);

}  // namespace trebol::cli
