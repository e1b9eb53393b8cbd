#pragma once

#include <cstdarg>

#include "rocksdb/env.h"

namespace trebol {

/// RocksDB's own log, thrown away. What matters reaches us as a status; and the distribution's
/// RocksDB aborts the process when it writes to a log file that failed before, as it does on a full
/// disk.
class QuietLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {}
};

}  // namespace trebol
