#include "tests/linearizability/excerpt.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/linearizability/checker.h"

namespace trebol::linearizability {
namespace {

constexpr uint64_t kStatesOfAStep = 100'000;  // one that takes longer is not made

bool IsIllegal(const std::vector<Operation>& operations) {
  return Check(operations, kStatesOfAStep).legality == Legality::kIllegal;
}

/// As if its answer had not come.
Operation Forgotten(Operation operation) {
  operation.outcome = Outcome::kUnknown;
  operation.returned = kNever;
  return operation;
}

/// What was known at `time`: later calls are left out, later answers have not come.
std::vector<Operation> Beginning(const std::vector<Operation>& operations, int64_t time) {
  std::vector<Operation> known;
  for (const Operation& operation : operations) {
    if (operation.invoked > time) continue;
    known.push_back(operation.returned > time ? Forgotten(operation) : operation);
  }
  return known;
}

std::vector<Operation> ShortestBeginning(const std::vector<Operation>& operations) {
  std::vector<int64_t> times;
  for (const Operation& operation : operations) {
    if (operation.returned != kNever) times.push_back(operation.returned);
  }
  std::sort(times.begin(), times.end());
  // The earliest answer after which the history is illegal: it stays so from there on.
  const auto first = std::partition_point(times.begin(), times.end(), [&](int64_t time) {
    return !IsIllegal(Beginning(operations, time));
  });
  return first == times.end() ? operations : Beginning(operations, *first);
}

std::string TimeOf(int64_t time, int64_t start) {
  return time == kNever ? "    never"
                        : absl::StrFormat("%9.3f", static_cast<double>(time - start) / 1e6);
}

}  // namespace

std::string Excerpt(std::vector<Operation> operations) {
  std::erase_if(operations, [](const Operation& operation) { return !operation.Counts(); });
  const size_t all = operations.size();
  const std::vector<Operation> whole = operations;
  operations = ShortestBeginning(operations);
  std::vector<bool> forgotten(operations.size());
  // Reads first: what is wrong with writes alone is shorter than what reads say of forgotten ones.
  for (const bool writes : {false, true}) {
    for (size_t i = 0; i < operations.size(); ++i) {
      if (operations[i].IsWrite() != writes) continue;
      forgotten[i] = operations[i].IsOpen();
      if (forgotten[i]) continue;
      std::vector<Operation> fewer = operations;
      fewer[i] = Forgotten(operations[i]);
      if (!IsIllegal(fewer)) continue;
      operations = std::move(fewer);
      forgotten[i] = true;
    }
  }
  std::set<Value> values;
  for (size_t i = 0; i < operations.size(); ++i) {
    if (forgotten[i]) continue;
    values.insert(operations[i].value);
    values.insert(operations[i].expected);
  }
  std::vector<Operation> shown;
  for (const Operation& operation : whole) {
    const auto same = std::find_if(operations.begin(), operations.end(), [&](const Operation& o) {
      return o.invoked == operation.invoked && o.client == operation.client;
    });
    const bool needed =
        same != operations.end() && !forgotten[static_cast<size_t>(same - operations.begin())];
    const bool writes = operation.kind == Kind::kPut && values.contains(operation.value);
    if (needed || writes) shown.push_back(operation);
  }
  std::sort(shown.begin(), shown.end(), [](const Operation& a, const Operation& b) {
    return std::pair(a.invoked, a.client) < std::pair(b.invoked, b.client);
  });
  std::string text;
  const int64_t start = shown.empty() ? 0 : shown.front().invoked;
  for (const Operation& operation : shown) {
    absl::StrAppend(&text, "  ", TimeOf(operation.invoked, start), " .. ",
                    TimeOf(operation.IsOpen() ? kNever : operation.returned, start), "  client ",
                    operation.client, ": ", Describe(operation),
                    operation.note.empty() ? "" : absl::StrCat("  (", operation.note, ")"), "\n");
  }
  absl::StrAppend(&text, "  and ", all - shown.size(), " more of this key, without a part in it\n");
  return text;
}

}  // namespace trebol::linearizability
