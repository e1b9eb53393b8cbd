#include "tests/linearizability/operation.h"

#include "absl/strings/str_cat.h"

namespace trebol::linearizability {
namespace {

std::string NameOf(Value value) { return value == kAbsent ? "nothing" : absl::StrCat("v", value); }

std::string Result(const Operation& operation) {
  switch (operation.outcome) {
    case Outcome::kDone:
      break;
    case Outcome::kConditionFailed:
      return "condition failed";
    case Outcome::kNotFound:
      return "not found";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kUnknown:
      return "UNKNOWN";
  }
  switch (operation.kind) {
    case Kind::kPut:
      return "done";
    case Kind::kDelete:
      return operation.existed ? "done, it existed" : "done, there was none";
    case Kind::kGet:
    case Kind::kHead:
      return NameOf(operation.value);
  }
}

}  // namespace

std::string Describe(const Operation& operation) {
  std::string call;
  switch (operation.kind) {
    case Kind::kPut:
      call = absl::StrCat("put ", NameOf(operation.value));
      break;
    case Kind::kDelete:
      call = "delete";
      break;
    case Kind::kGet:
      call = "get";
      break;
    case Kind::kHead:
      call = "head";
      break;
  }
  if (operation.condition == Condition::kIfAbsent) absl::StrAppend(&call, " if absent");
  if (operation.condition == Condition::kIfMatch) {
    absl::StrAppend(&call, " if ", NameOf(operation.expected));
  }
  return absl::StrCat(call, " -> ", Result(operation));
}

}  // namespace trebol::linearizability
