#pragma once

#include <rocksdb/status.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace trebol {

/// DATA_LOSS for a damaged index, UNAVAILABLE for everything else.
inline absl::Status FromRocksDb(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsNoSpace()) {
    // No DISK_FULL: what the index could not take in stops the store, not one write.
    return absl::UnavailableError(absl::StrCat("the file system has no room for the index (",
                                               status.ToString(),
                                               "); free space on it, then restart"));
  }
  const std::string message = absl::StrCat("the index failed: ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(message) : absl::UnavailableError(message);
}

}  // namespace trebol
