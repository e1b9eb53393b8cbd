#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "cli/console.h"
#include "cli/copy_plan.h"
#include "cli/progress.h"
#include "client/client.h"

namespace trebol::cli {

/// What copies get besides their bytes.
struct TransferOptions {
  std::string content_type;                     // empty: guessed, or that of the source object
  std::map<std::string, std::string> metadata;  // empty: that of the source object
};

/// Copies one item of a plan, whole or not at all. A download becomes visible under its name only
/// when every byte was verified. Thread-safe but for the standard streams.
absl::Status Transfer(const client::Client& client, const CopyItem& item,
                      const TransferOptions& options, Progress& progress, Console& console);

}  // namespace trebol::cli
