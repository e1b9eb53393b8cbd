#include "tests/testing/memory_transaction.h"

namespace trebol::testing {

absl::StatusOr<std::optional<std::string>> MemoryTransaction::Get(absl::string_view key) const {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

absl::Status MemoryTransaction::Scan(absl::string_view from, absl::string_view to,
                                     Visitor visitor) const {
  auto row = rows_.lower_bound(from);
  while (row != rows_.end() && row->first < to) {
    const ScanStep step = visitor(row->first, row->second);
    if (step.stops()) break;
    row = step.seeks() ? rows_.lower_bound(step.target()) : std::next(row);
  }
  return absl::OkStatus();
}

absl::Status MemoryTransaction::Put(absl::string_view key, absl::string_view value) {
  rows_.insert_or_assign(std::string(key), std::string(value));
  return absl::OkStatus();
}

absl::Status MemoryTransaction::Delete(absl::string_view key) {
  const auto found = rows_.find(key);
  if (found != rows_.end()) rows_.erase(found);
  return absl::OkStatus();
}

}  // namespace trebol::testing
