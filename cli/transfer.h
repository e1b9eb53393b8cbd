#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "cli/console.h"
#include "cli/copy_plan.h"
#include "cli/progress.h"
#include "client/client.h"

namespace trebol::cli {

/// What copies get besides their bytes, and how they are made.
struct TransferOptions {
  std::string content_type;                     // empty: guessed, or that of the source object
  std::map<std::string, std::string> metadata;  // empty: that of the source object
  client::Tags tags;                            // empty: those of the source object
  std::string version;                          // of a source object; empty: the latest
  bool keep_existing = false;                   // an object that is there already is a failure
  /// What an interrupted copy of a large file did is kept, and used by the next.
  bool resume = false;
  int parallel = 4;  // parts of a large file at the same time
};

/// Copies one item of a plan, whole or not at all. A download becomes visible under its name only
/// when every byte was verified; of an upload the checksum of what is stored is compared with that
/// of what was sent. Copies between objects move no bytes. Thread-safe but for the standard
/// streams.
absl::Status Transfer(const client::Client& client, const CopyItem& item,
                      const TransferOptions& options, Progress& progress, Console& console);

}  // namespace trebol::cli
