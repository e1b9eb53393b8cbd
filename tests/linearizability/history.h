#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "tests/linearizability/operation.h"

namespace trebol::linearizability {

/// What clients did, by key. Thread-safe. Times are those of a steady clock of this machine, taken
/// outside the calls: before an operation is sent, after its answer came.
class History {
 public:
  /// Of a call that is about to be made; `returned` and the result are set by End.
  struct Ticket {
    std::string key;
    size_t index = 0;
  };

  /// What begins has an unknown outcome until it ends.
  Ticket Begin(const std::string& key, Operation operation);
  /// With kUnknown its answer is taken for none.
  void End(const Ticket& ticket, Outcome outcome, Value seen, bool existed, std::string note);

  /// A value that no other put of this history has.
  Value NewValue();

  /// Which identity the cluster gave a value: every answer about a value must name one and the
  /// same, and no two values share one. What is wrong is in Conflicts().
  void Identified(const std::string& key, Value value, const std::string& etag);
  std::vector<std::string> Conflicts() const;

  std::map<std::string, std::vector<Operation>> ByKey() const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::vector<Operation>> operations_ ABSL_GUARDED_BY(mutex_);
  Value last_value_ ABSL_GUARDED_BY(mutex_) = kAbsent;
  std::map<Value, std::string> etags_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Value> values_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> conflicts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol::linearizability
