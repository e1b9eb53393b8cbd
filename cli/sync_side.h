#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/console.h"
#include "cli/copy_plan.h"
#include "cli/object_url.h"
#include "cli/sync_plan.h"
#include "client/client.h"

namespace trebol::cli {

/// One of the two that a synchronisation makes the same: a directory, or all objects below a
/// prefix. Once it is read, its const functions may be called from several threads.
struct SyncSide {
  std::optional<ObjectUrl> url;  // with a key that is empty or ends in '/'
  std::string directory;         // where there is no url
  SyncEntries entries;
  bool empty = true;  // there is nothing, whatever the filters say

  Place At(const std::string& name) const;
  std::string Name() const;
  /// Of the bytes that are there now; of an object, of those that the listing showed.
  absl::StatusOr<uint32_t> Crc32cOf(const std::string& name) const;
};

/// INVALID_ARGUMENT for what is neither.
absl::StatusOr<SyncSide> ParseSyncSide(const std::string& text);

/// Reads what there is to copy. What a file or object of `destination` cannot be is named on the
/// console. False if there may be more than was found, which was named, too: then nothing may be
/// removed for being absent here.
bool ReadSource(const client::Client& client, const std::vector<Filter>& filters,
                const SyncSide& destination, SyncSide& source, Console& console);

/// Reads what is there; a directory need not be. Below a directory no symbolic link to another is
/// followed, for what is there is outside. `odd` gets what can be neither compared nor removed.
/// False, after naming it, if it cannot be read.
bool ReadDestination(const client::Client& client, const std::vector<Filter>& filters,
                     const SyncSide& source, SyncSide& destination,
                     std::vector<std::pair<std::string, absl::Status>>* odd, Console& console);

}  // namespace trebol::cli
