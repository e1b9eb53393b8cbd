#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
  client::ResponseHeaders headers;              // each, if empty: that of the source object
  client::Tags tags;                            // empty: those of the source object
  std::string version;                          // of a source object; empty: the latest
  client::Preconditions preconditions;          // about the object that is there now
  bool keep_existing = false;                   // what is there already stays; that is a failure
  /// Goes on with what an interrupted copy of a large file left.
  bool resume = false;
  int parallel = 4;  // parts of a large file at the same time
  /// A download is on the disk, its name too, before it counts as done.
  bool flush = false;
  /// Of the bytes of a source object; the copy is compared with it.
  std::optional<uint32_t> crc32c;
};

/// Files above this size move in several parts at the same time. Bytes.
inline constexpr uint64_t kLargeFile = uint64_t{64} << 20;

/// Copies one item of a plan, whole or not at all. A download becomes visible under its name only
/// when every byte was verified; of an upload the checksum of what is stored is compared with that
/// of what was sent. Copies between objects move no bytes. What was done of a large file stays when
/// it is interrupted, and the console says how to go on. Thread-safe but for the standard streams.
absl::Status Transfer(const client::Client& client, const CopyItem& item,
                      const TransferOptions& options, Progress& progress, Console& console);

}  // namespace trebol::cli
