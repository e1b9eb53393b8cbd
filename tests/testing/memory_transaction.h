#pragma once

#include <map>
#include <optional>
#include <string>

#include "metadata/state/transaction.h"

namespace trebol::testing {

/// Rows in a map: the twin of RocksTransaction for tests and models. Copying it copies the state.
class MemoryTransaction final : public Transaction {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view from, absl::string_view to, Visitor visitor) const override;
  absl::Status Put(absl::string_view key, absl::string_view value) override;
  absl::Status Delete(absl::string_view key) override;

  const std::map<std::string, std::string, std::less<>>& rows() const { return rows_; }

  friend bool operator==(const MemoryTransaction& a, const MemoryTransaction& b) {
    return a.rows_ == b.rows_;
  }

 private:
  std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace trebol::testing
