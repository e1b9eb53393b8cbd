#pragma once

#include <rocksdb/env.h>

namespace trebol {

/// RocksDB's own log would say nothing that its statuses do not; it only grows.
class NullLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace trebol
