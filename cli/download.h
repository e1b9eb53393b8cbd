#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "cli/console.h"
#include "cli/transfer.h"
#include "client/client.h"

namespace trebol::cli {

// One way of a Transfer each.

/// `size` is that of the object when the copy was planned, in bytes.
absl::Status Download(const client::Client& client, const ObjectUrl& from, const LocalPath& to,
                      uint64_t size, const TransferOptions& options, Progress& progress,
                      Console& console);

absl::Status DownloadToStandardOutput(const client::Client& client, const ObjectUrl& from,
                                      const TransferOptions& options, Progress& progress,
                                      Console& console);

}  // namespace trebol::cli
