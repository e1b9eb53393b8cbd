#pragma once

#include <cstdint>
#include <iosfwd>

#include "absl/status/status.h"
#include "cli/console.h"
#include "cli/transfer.h"
#include "client/client.h"

namespace trebol::cli {

// One way of a Transfer each.

/// `size` is what the file had when the copy was planned, in bytes.
absl::Status Upload(const client::Client& client, const LocalPath& from, const ObjectUrl& to,
                    uint64_t size, const TransferOptions& options, Progress& progress,
                    Console& console);

absl::Status UploadStandardInput(const client::Client& client, const ObjectUrl& to,
                                 const TransferOptions& options, Progress& progress,
                                 std::istream& in);

/// Of the options, about the object that is there now.
client::Preconditions ConditionsOf(const TransferOptions& options);

}  // namespace trebol::cli
