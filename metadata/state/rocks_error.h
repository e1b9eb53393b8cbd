#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/status.h"

namespace trebol {

/// What a failure of RocksDB means to us: STORE_FAILED, UNAVAILABLE. It is final for the process.
absl::Status FromRocksDb(absl::string_view doing, const rocksdb::Status& status);

}  // namespace trebol
