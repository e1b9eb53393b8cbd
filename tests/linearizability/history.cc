#include "tests/linearizability/history.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trebol::linearizability {
namespace {

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

History::Ticket History::Begin(const std::string& key, Operation operation) {
  operation.outcome = Outcome::kUnknown;
  operation.returned = kNever;
  MutexLock lock(&mutex_);
  std::vector<Operation>& operations = operations_[key];
  operation.invoked = Now();
  operations.push_back(std::move(operation));
  return {key, operations.size() - 1};
}

void History::End(const Ticket& ticket, Outcome outcome, Value seen, bool existed,
                  std::string note) {
  const int64_t returned = Now();
  MutexLock lock(&mutex_);
  Operation& operation = operations_[ticket.key][ticket.index];
  operation.outcome = outcome;
  operation.returned = outcome == Outcome::kUnknown ? kNever : returned;
  if (!operation.IsWrite()) operation.value = seen;
  operation.existed = existed;
  operation.note = std::move(note);
}

Value History::NewValue() {
  MutexLock lock(&mutex_);
  return ++last_value_;
}

void History::Identified(const std::string& key, Value value, const std::string& etag) {
  MutexLock lock(&mutex_);
  const auto [of_value, new_value] = etags_.emplace(value, etag);
  const auto [of_etag, new_etag] = values_.emplace(etag, value);
  if (of_value->second != etag || of_etag->second != value) {
    conflicts_.push_back(absl::StrCat(key, ": v", value, " has etag ", etag, ", before it had ",
                                      of_value->second, "; the etag was that of v",
                                      of_etag->second));
  }
}

std::vector<std::string> History::Conflicts() const {
  MutexLock lock(&mutex_);
  return conflicts_;
}

std::map<std::string, std::vector<Operation>> History::ByKey() const {
  MutexLock lock(&mutex_);
  return operations_;
}

}  // namespace trebol::linearizability
