#include "tests/linearizability/checker.h"

#include <algorithm>
#include <bitset>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "tests/linearizability/register_model.h"

namespace trebol::linearizability {
namespace {

constexpr Value kUnseen = std::numeric_limits<Value>::max();

using Set = std::bitset<kMostOperations>;

struct Visited {
  Set done;
  Value state;
  bool operator==(const Visited&) const = default;
  template <typename H>
  friend H AbslHashValue(H hash, const Visited& visited) {
    return H::combine(std::move(hash), std::hash<Set>()(visited.done), visited.state);
  }
};

/// An answered operation that leaves another value behind than it found.
bool Changes(const Operation& operation) {
  return operation.outcome == Outcome::kDone &&
         (operation.kind == Kind::kPut || (operation.kind == Kind::kDelete && operation.existed));
}

/// With one value in place of all that no answer and no condition names: nothing tells them apart.
std::vector<Operation> WithUnseenAlike(std::vector<Operation> operations) {
  std::set<Value> seen;
  for (const Operation& operation : operations) {
    if (!operation.Counts()) continue;
    if (!operation.IsWrite()) seen.insert(operation.value);
    if (operation.condition == Condition::kIfMatch) seen.insert(operation.expected);
  }
  for (Operation& operation : operations) {
    if (operation.kind == Kind::kPut && !seen.contains(operation.value)) operation.value = kUnseen;
  }
  return operations;
}

class Search {
 public:
  Search(std::vector<Operation> operations, uint64_t most_states)
      : operations_(WithUnseenAlike(std::move(operations))), most_states_(most_states) {
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].Counts()) order_of_calls_.push_back(i);
    }
    std::sort(order_of_calls_.begin(), order_of_calls_.end(), [&](size_t a, size_t b) {
      return std::pair(operations_[a].invoked, a) < std::pair(operations_[b].invoked, b);
    });
    std::map<std::tuple<Kind, Condition, Value, Value>, size_t> last;
    for (size_t i = 0; i < order_of_calls_.size(); ++i) {
      twin_before_.push_back(kNone);
      if (!At(i).IsOpen()) continue;
      const auto [alike, first] =
          last.emplace(std::tuple(At(i).kind, At(i).condition, At(i).expected, At(i).value), i);
      if (!first) twin_before_.back() = std::exchange(alike->second, i);
    }
  }

  CheckResult Run() {
    CheckResult result;
    if (order_of_calls_.size() > kMostOperations) {
      result.legality = Legality::kUnknown;
      return result;
    }
    const bool found = Explore(Set(), kAbsent);
    result.legality = found       ? Legality::kLegal
                      : given_up_ ? Legality::kUnknown
                                  : Legality::kIllegal;
    result.states = visited_.size();
    result.order = longest_;
    return result;
  }

 private:
  static constexpr size_t kNone = kMostOperations;

  const Operation& At(size_t place) const { return operations_[order_of_calls_[place]]; }

  /// The earliest answer among what is not done: nothing that was called after it can come next.
  int64_t Horizon(const Set& done) const {
    int64_t horizon = kNever;
    for (size_t i = 0; i < order_of_calls_.size(); ++i) {
      if (!done[i] && !At(i).IsOpen()) horizon = std::min(horizon, At(i).returned);
    }
    return horizon;
  }

  bool AllAnswered(const Set& done) const {
    for (size_t i = 0; i < order_of_calls_.size(); ++i) {
      if (!done[i] && !At(i).IsOpen()) return false;
    }
    return true;
  }

  /// Takes everything that fits and changes nothing. Returns how much.
  size_t TakeIdle(Set& done, Value state) {
    size_t taken = 0;
    for (bool more = true; more;) {
      more = false;
      const int64_t horizon = Horizon(done);
      for (size_t i = 0; i < order_of_calls_.size() && At(i).invoked <= horizon; ++i) {
        if (done[i] || At(i).IsOpen() || Changes(At(i)) || !Apply(state, At(i))) continue;
        done.set(i);
        order_.push_back(order_of_calls_[i]);
        ++taken;
        more = true;
      }
    }
    return taken;
  }

  bool Explore(Set done, Value state) {
    const size_t before = order_.size();
    TakeIdle(done, state);
    if (order_.size() > longest_.size()) longest_ = order_;
    if (AllAnswered(done)) {
      longest_ = order_;
      return true;
    }
    if (visited_.size() >= most_states_) given_up_ = true;
    if (!given_up_ && visited_.insert({done, state}).second && Branch(done, state)) return true;
    order_.resize(before);
    return false;
  }

  bool Branch(const Set& done, Value state) {
    const int64_t horizon = Horizon(done);
    // What was answered first: an open one that is not needed is best left out.
    for (const bool open : {false, true}) {
      for (size_t i = 0; i < order_of_calls_.size() && At(i).invoked <= horizon; ++i) {
        if (done[i] || At(i).IsOpen() != open) continue;
        if (twin_before_[i] != kNone && !done[twin_before_[i]]) continue;
        const std::optional<Value> next = Apply(state, At(i));
        if (!next.has_value() || (open && *next == state)) continue;
        Set with = done;
        with.set(i);
        order_.push_back(order_of_calls_[i]);
        if (Explore(with, *next)) return true;
        order_.pop_back();
      }
    }
    return false;
  }

  const std::vector<Operation> operations_;
  const uint64_t most_states_;
  std::vector<size_t> order_of_calls_;
  // Of each open one, the last before it that does the same: they are used in the order of their
  // calls, as the earlier one fits wherever the later one does.
  std::vector<size_t> twin_before_;
  absl::flat_hash_set<Visited> visited_;
  std::vector<size_t> order_, longest_;
  bool given_up_ = false;
};

}  // namespace

CheckResult Check(const std::vector<Operation>& operations, uint64_t most_states) {
  return Search(operations, most_states).Run();
}

}  // namespace trebol::linearizability
