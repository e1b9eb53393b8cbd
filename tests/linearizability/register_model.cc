#include "tests/linearizability/register_model.h"

namespace trebol::linearizability {
namespace {

bool Holds(Value state, const Operation& operation) {
  switch (operation.condition) {
    case Condition::kNone:
      return true;
    case Condition::kIfAbsent:
      return state == kAbsent;
    case Condition::kIfMatch:
      return state != kAbsent && state == operation.expected;
  }
}

}  // namespace

std::optional<Value> Apply(Value state, const Operation& operation) {
  const bool holds = Holds(state, operation);
  switch (operation.outcome) {
    case Outcome::kRefused:
      return state;
    case Outcome::kConditionFailed:
      if (holds || state == kAbsent) return std::nullopt;
      return state;
    case Outcome::kNotFound:
      if (operation.condition != Condition::kIfMatch || state != kAbsent) return std::nullopt;
      return state;
    case Outcome::kUnknown:
      if (!operation.IsWrite() || !holds) return state;
      return operation.kind == Kind::kPut ? operation.value : kAbsent;
    case Outcome::kDone:
      break;
  }
  if (!holds) return std::nullopt;
  switch (operation.kind) {
    case Kind::kPut:
      return operation.value;
    case Kind::kDelete:
      if (operation.existed != (state != kAbsent)) return std::nullopt;
      return kAbsent;
    case Kind::kGet:
    case Kind::kHead:
      if (operation.value != state) return std::nullopt;
      return state;
  }
}

}  // namespace trebol::linearizability
