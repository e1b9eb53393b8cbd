#include "tests/linearizability/made_histories.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "tests/linearizability/register_model.h"

namespace trebol::linearizability {
namespace {

using Operations = std::vector<Operation>;

double Share(std::mt19937_64& random) {
  return std::uniform_real_distribution<double>(0, 1)(random);
}

int64_t About(int64_t mean, std::mt19937_64& random) {
  return 1 + static_cast<int64_t>(random() % static_cast<uint64_t>(2 * mean));
}

/// An operation to do, and when the register does it.
struct Planned {
  Operation operation;
  int64_t moment = 0;  // kNever: it does not
};

/// The answer of a register that holds `state`, and what it holds then.
Value Answer(Value state, Operation& operation) {
  if (operation.outcome == Outcome::kRefused) return state;
  if (operation.IsOpen()) return Apply(state, operation).value_or(state);
  operation.existed = operation.kind == Kind::kDelete && state != kAbsent;
  if (!operation.IsWrite()) operation.value = state;
  for (const Outcome outcome : {Outcome::kDone, Outcome::kConditionFailed, Outcome::kNotFound}) {
    operation.outcome = outcome;
    if (const auto next = Apply(state, operation)) return *next;
  }
  return state;
}

Planned Plan(std::mt19937_64& random, const HistoryShape& shape, Value value, int64_t time) {
  Planned planned;
  Operation& operation = planned.operation;
  const double kind = Share(random);
  operation.kind = kind < shape.reads ? (random() % 4 == 0 ? Kind::kHead : Kind::kGet)
                   : kind < shape.reads + shape.deletes ? Kind::kDelete
                                                        : Kind::kPut;
  operation.invoked = time;
  operation.returned = time + About(shape.mean_call, random);
  planned.moment =
      time + static_cast<int64_t>(random() % static_cast<uint64_t>(operation.returned - time + 1));
  if (!operation.IsWrite()) return planned;
  if (operation.kind == Kind::kPut) operation.value = value;
  if (Share(random) < shape.conditional) {
    const bool absent = operation.kind == Kind::kPut && random() % 2 == 0;
    operation.condition = absent ? Condition::kIfAbsent : Condition::kIfMatch;
    if (!absent) operation.expected = 1 + random() % value;  // often one that was there once
  }
  const double luck = Share(random);
  if (luck < shape.open) {
    operation.outcome = Outcome::kUnknown;
    operation.returned = kNever;
    planned.moment = random() % 2 == 0 ? kNever : time + About(4 * shape.mean_call, random);
  } else if (luck < shape.open + shape.refused) {
    operation.outcome = Outcome::kRefused;
  }
  return planned;
}

}  // namespace

std::vector<Operation> LegalHistory(std::mt19937_64& random, const HistoryShape& shape) {
  std::vector<int64_t> free_at(static_cast<size_t>(shape.clients));
  for (int64_t& time : free_at) time = About(shape.mean_pause, random);
  std::vector<Planned> plan;
  for (int i = 0; i < shape.operations; ++i) {
    const auto next = std::min_element(free_at.begin(), free_at.end());
    Planned planned = Plan(random, shape, static_cast<Value>(i) + 1, *next);
    planned.operation.client = static_cast<int>(next - free_at.begin());
    const int64_t end =
        planned.operation.IsOpen() ? *next + shape.mean_call : planned.operation.returned;
    *next = end + About(shape.mean_pause, random);
    plan.push_back(std::move(planned));
  }
  std::vector<size_t> order(plan.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return plan[a].moment < plan[b].moment; });
  Value state = kAbsent;
  for (const size_t i : order) {
    if (plan[i].moment != kNever) state = Answer(state, plan[i].operation);
  }
  Operations history;
  for (const Planned& planned : plan) history.push_back(planned.operation);
  return history;
}

// --- defects

namespace {

bool DonePut(const Operation& operation) {
  return operation.kind == Kind::kPut && operation.outcome == Outcome::kDone;
}
bool Read(const Operation& operation) { return !operation.IsWrite(); }
bool Before(const Operation& a, const Operation& b) { return a.returned < b.invoked; }
bool MayDelete(const Operation& operation) {
  return operation.kind == Kind::kDelete && operation.outcome != Outcome::kRefused &&
         operation.outcome != Outcome::kConditionFailed && operation.outcome != Outcome::kNotFound;
}

/// Every history that `change` makes of one read and two others of the given one.
using Change = std::function<bool(Operations& history, size_t read, size_t a, size_t b)>;
std::optional<Operations> Try(const Operations& legal, std::mt19937_64& random,
                              const Change& change) {
  const size_t n = legal.size();
  std::vector<size_t> order(n);
  for (size_t i = 0; i < n; ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  for (const size_t read : order) {
    for (const size_t a : order) {
      for (const size_t b : order) {
        Operations history = legal;
        if (read != a && read != b && a != b && change(history, read, a, b)) return history;
      }
    }
  }
  return std::nullopt;
}

bool Overwritten(Operations& h, size_t read, size_t a, size_t b) {
  if (!Read(h[read]) || !DonePut(h[a]) || !DonePut(h[b])) return false;
  if (!Before(h[a], h[b]) || !Before(h[b], h[read])) return false;
  h[read].value = h[a].value;
  return true;
}

bool FromTheFuture(Operations& h, size_t read, size_t a, size_t) {
  if (!Read(h[read]) || h[a].kind != Kind::kPut || !Before(h[read], h[a])) return false;
  h[read].value = h[a].value;
  return true;
}

bool OfARefusedPut(Operations& h, size_t read, size_t a, size_t) {
  if (!Read(h[read]) || h[a].kind != Kind::kPut || h[a].outcome == Outcome::kDone ||
      h[a].IsOpen()) {
    return false;
  }
  h[read].value = h[a].value;
  return true;
}

bool Invented(Operations& h, size_t read, size_t, size_t) {
  if (!Read(h[read])) return false;
  h[read].value = 1'000'000;
  return true;
}

bool Lost(Operations& h, size_t read, size_t a, size_t) {
  if (!Read(h[read]) || !DonePut(h[a]) || !Before(h[a], h[read])) return false;
  for (const Operation& other : h) {
    if (MayDelete(other) && !Before(other, h[a]) && !Before(h[read], other)) return false;
  }
  h[read].value = kAbsent;
  return true;
}

bool CreatedTwice(Operations& h, size_t first, size_t a, size_t) {
  if (!DonePut(h[first]) || h[a].kind != Kind::kPut || h[a].outcome != Outcome::kConditionFailed ||
      h[a].condition != Condition::kIfAbsent || !Before(h[first], h[a])) {
    return false;
  }
  for (const Operation& other : h) {
    if (MayDelete(other) && !Before(other, h[first]) && !Before(h[a], other)) return false;
  }
  h[a].outcome = Outcome::kDone;
  return true;
}

bool WentBack(Operations& h, size_t first, size_t second, size_t put) {
  if (!Read(h[first]) || !Read(h[second]) || !Before(h[first], h[second])) return false;
  if (h[first].value == kAbsent || h[second].value == kAbsent) return false;
  // The later value's put began after the earlier one's had ended.
  const auto earlier = std::find_if(h.begin(), h.end(), [&](const Operation& o) {
    return DonePut(o) && o.value == h[first].value;
  });
  if (!DonePut(h[put]) || h[put].value != h[second].value || earlier == h.end() ||
      !Before(*earlier, h[put])) {
    return false;
  }
  std::swap(h[first].value, h[second].value);
  return true;
}

}  // namespace

std::string NameOf(Defect defect) {
  switch (defect) {
    case Defect::kStaleRead:
      return "stale read";
    case Defect::kReadOfTheFuture:
      return "read of the future";
    case Defect::kReadOfARefusedPut:
      return "read of a refused put";
    case Defect::kInventedRead:
      return "invented read";
    case Defect::kLostWrite:
      return "lost write";
    case Defect::kTwoCreations:
      return "two creations";
    case Defect::kReadsGoBack:
      return "reads go back";
  }
}

std::optional<std::vector<Operation>> WithDefect(const std::vector<Operation>& legal, Defect defect,
                                                 std::mt19937_64& random) {
  switch (defect) {
    case Defect::kStaleRead:
      return Try(legal, random, Overwritten);
    case Defect::kReadOfTheFuture:
      return Try(legal, random, FromTheFuture);
    case Defect::kReadOfARefusedPut:
      return Try(legal, random, OfARefusedPut);
    case Defect::kInventedRead:
      return Try(legal, random, Invented);
    case Defect::kLostWrite:
      return Try(legal, random, Lost);
    case Defect::kTwoCreations:
      return Try(legal, random, CreatedTwice);
    case Defect::kReadsGoBack:
      return Try(legal, random, WentBack);
  }
}

}  // namespace trebol::linearizability
