#include "tests/simulation/cluster_ledger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace trebol {
namespace {

uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

}  // namespace

ClusterLedger::ClusterLedger(uint64_t seed, size_t keys) : seed_(seed), keys_count_(keys) {
  MutexLock lock(&mutex_);
  keys_.resize(keys);
  for (Key& key : keys_) key.operations.push_back({.fate = Fate::kAcknowledged});
}

std::string ClusterLedger::Name(size_t key) { return absl::StrFormat("key-%03d", key); }

std::string ClusterLedger::Bytes(size_t key, uint64_t number, size_t size) const {
  uint64_t state = Mix(Mix(seed_ + key) + number);
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; i += 8) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    const uint64_t word = state ^ (state >> 29);
    for (size_t j = i; j < std::min(size, i + 8); ++j) {
      bytes[j] = static_cast<char>(word >> (8 * (j - i)));
    }
  }
  return bytes;
}

uint64_t ClusterLedger::Send(size_t key, Kind kind, size_t size) {
  MutexLock lock(&mutex_);
  keys_[key].operations.push_back({kind, size, Fate::kOpen});
  return keys_[key].operations.size() - 1;
}

void ClusterLedger::Acknowledged(size_t key, uint64_t number) {
  MutexLock lock(&mutex_);
  keys_[key].operations[number].fate = Fate::kAcknowledged;
  keys_[key].acknowledged = number;
}

void ClusterLedger::Refused(size_t key, uint64_t number) {
  MutexLock lock(&mutex_);
  keys_[key].operations[number].fate = Fate::kRefused;
}

uint64_t ClusterLedger::LowerBound(size_t key) {
  MutexLock lock(&mutex_);
  return keys_[key].acknowledged;
}

std::string ClusterLedger::Check(size_t key, uint64_t lower, const Seen& seen) {
  MutexLock lock(&mutex_);
  return CheckLocked(keys_[key], key, lower, seen);
}

std::string ClusterLedger::CheckLocked(const Key& key, size_t index, uint64_t lower,
                                       const Seen& seen) const {
  const auto& operations = key.operations;
  const uint64_t last = operations.size() - 1;
  if (!seen.has_value()) {
    for (uint64_t i = lower; i <= last; ++i) {
      if (operations[i].kind == Kind::kDelete && operations[i].fate != Fate::kRefused) return "";
    }
    return absl::StrCat("LOST: ", Name(index), " is not there, but put ", lower,
                        " was acknowledged and only ", last - lower, " operations came after it");
  }
  if (*seen > last || operations[*seen].kind != Kind::kPut) {
    return absl::StrCat("WRONG: ", Name(index), " shows put ", *seen, ", which was never sent");
  }
  if (operations[*seen].fate == Fate::kRefused) {
    return absl::StrCat("UNDONE: ", Name(index), " shows put ", *seen,
                        ", of which it was said that it failed");
  }
  if (*seen < lower) {
    const bool deleted = operations[lower].kind == Kind::kDelete;
    return absl::StrCat("LOST: ", Name(index), " shows put ", *seen, ", but ",
                        deleted ? "delete " : "put ", lower, " was acknowledged");
  }
  return "";
}

std::string ClusterLedger::Settle(size_t key, const Seen& seen) {
  MutexLock lock(&mutex_);
  Key& row = keys_[key];
  std::string wrong = CheckLocked(row, key, row.acknowledged, seen);
  if (!wrong.empty()) return wrong;
  uint64_t truth = seen.value_or(row.acknowledged);
  // Of a key that is not there: the deletion that explains it.
  while (row.operations[truth].fate == Fate::kRefused ||
         (!seen.has_value() && row.operations[truth].kind != Kind::kDelete)) {
    ++truth;
  }
  for (uint64_t i = row.acknowledged + 1; i < row.operations.size(); ++i) {
    if (i != truth) row.operations[i].fate = Fate::kRefused;
  }
  row.operations[truth].fate = Fate::kAcknowledged;
  row.acknowledged = truth;
  return "";
}

size_t ClusterLedger::SizeOf(size_t key, uint64_t number) {
  MutexLock lock(&mutex_);
  const auto& operations = keys_[key].operations;
  return number < operations.size() ? operations[number].size : 0;
}

std::vector<std::string> ClusterLedger::Listing() {
  MutexLock lock(&mutex_);
  std::vector<std::string> names;
  for (size_t i = 0; i < keys_.size(); ++i) {
    const Key& key = keys_[i];
    if (key.operations[key.acknowledged].kind == Kind::kPut) names.push_back(Name(i));
  }
  return names;
}

}  // namespace trebol
