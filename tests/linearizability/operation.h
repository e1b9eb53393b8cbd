#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace trebol::linearizability {

/// Which put wrote a value: no two puts of a history have the same. kAbsent: there is no object.
using Value = uint64_t;
inline constexpr Value kAbsent = 0;

/// Of an operation that was never answered, or ambiguously: it may take effect at any later time.
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

enum class Kind { kPut, kDelete, kGet, kHead };
enum class Condition { kNone, kIfAbsent, kIfMatch };
enum class Outcome {
  kDone,
  kConditionFailed,  // there is an object, and not the one that was asked for
  kNotFound,         // of a conditional write: there is no object to match
  kRefused,          // definitely nothing happened, for a reason beside the register
  kUnknown,          // of a write: it may happen, now or later, or never
};

/// One call on one key as its client saw it.
struct Operation {
  Kind kind = Kind::kGet;
  Condition condition = Condition::kNone;
  Value expected = kAbsent;  // by kIfMatch
  Value value = kAbsent;     // of a put what it writes; of a read what it saw
  bool existed = false;      // what a delete said of the object before
  Outcome outcome = Outcome::kDone;
  int64_t invoked = 0;  // nanoseconds of one clock for all clients
  int64_t returned = kNever;
  int client = 0;
  std::string note;  // for people: the error

  bool IsWrite() const { return kind == Kind::kPut || kind == Kind::kDelete; }
  /// Its result says something about the register, or it may change it.
  bool Counts() const {
    return outcome != Outcome::kRefused && (IsWrite() || outcome == Outcome::kDone);
  }
  bool IsOpen() const { return outcome == Outcome::kUnknown; }
};

/// "put v7 if absent -> done"; one line without times.
std::string Describe(const Operation& operation);

}  // namespace trebol::linearizability
