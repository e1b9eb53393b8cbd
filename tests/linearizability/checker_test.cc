#include "tests/linearizability/checker.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/linearizability/excerpt.h"
#include "tests/linearizability/made_histories.h"
#include "tests/linearizability/register_model.h"
#include "tests/linearizability/verdict.h"
#include "tests/testing/seed.h"

namespace trebol::linearizability {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Operations = std::vector<Operation>;

// Histories by hand: each of these is under way from `from` to `to`.

Operation Put(Value value, int64_t from, int64_t to) {
  return {.kind = Kind::kPut, .value = value, .invoked = from, .returned = to};
}
Operation Get(Value value, int64_t from, int64_t to) {
  return {.kind = Kind::kGet, .value = value, .invoked = from, .returned = to};
}
Operation Head(Value value, int64_t from, int64_t to) {
  return {.kind = Kind::kHead, .value = value, .invoked = from, .returned = to};
}
Operation Delete(bool existed, int64_t from, int64_t to) {
  return {.kind = Kind::kDelete, .existed = existed, .invoked = from, .returned = to};
}
Operation IfAbsent(Operation operation) {
  operation.condition = Condition::kIfAbsent;
  return operation;
}
Operation IfMatch(Value expected, Operation operation) {
  operation.condition = Condition::kIfMatch;
  operation.expected = expected;
  return operation;
}
Operation With(Outcome outcome, Operation operation) {
  operation.outcome = outcome;
  if (outcome == Outcome::kUnknown) operation.returned = kNever;
  return operation;
}
Operation Open(Operation operation) { return With(Outcome::kUnknown, operation); }
Operation Failed(Operation operation) { return With(Outcome::kConditionFailed, operation); }
Operation NotFound(Operation operation) { return With(Outcome::kNotFound, operation); }
Operation Refused(Operation operation) { return With(Outcome::kRefused, operation); }

void ExpectLegal(const Operations& operations) {
  EXPECT_EQ(Check(operations).legality, Legality::kLegal) << Excerpt(operations);
}
void ExpectIllegal(const Operations& operations) {
  EXPECT_EQ(Check(operations).legality, Legality::kIllegal);
}

TEST(LinearizabilityChecker, NothingIsLegal) { ExpectLegal({}); }

TEST(LinearizabilityChecker, AReadSeesTheLastWrite) {
  ExpectLegal({Get(0, 1, 2), Put(1, 3, 4), Get(1, 5, 6), Head(1, 7, 8)});
  ExpectIllegal({Put(1, 1, 2), Get(0, 3, 4)});                // lost
  ExpectIllegal({Put(1, 1, 2), Put(2, 3, 4), Get(1, 5, 6)});  // stale
  ExpectIllegal({Put(1, 1, 2), Put(2, 3, 4), Head(1, 5, 6)});
  ExpectIllegal({Put(1, 1, 2), Get(7, 3, 4)});  // invented
}

TEST(LinearizabilityChecker, AReadDuringAWriteSeesEither) {
  const Operations before = {Put(1, 1, 2), Put(2, 3, 9)};
  for (const Value seen : {1, 2}) {
    Operations history = before;
    history.push_back(Get(seen, 4, 5));
    ExpectLegal(history);
  }
  Operations back = before;  // once seen, it stays
  back.push_back(Get(2, 4, 5));
  back.push_back(Get(1, 6, 7));
  ExpectIllegal(back);
  Operations together = before;
  together.push_back(Get(2, 4, 7));
  together.push_back(Get(1, 5, 6));
  ExpectLegal(together);
}

TEST(LinearizabilityChecker, AnAnswerAtTheMomentOfACallCountsAsOverlap) {
  ExpectLegal({Put(1, 1, 3), Get(0, 3, 4)});
  ExpectIllegal({Put(1, 1, 3), Get(0, 4, 5)});
}

TEST(LinearizabilityChecker, AWriteIsNotSeenBeforeItWasCalled) {
  ExpectIllegal({Get(1, 1, 2), Put(1, 3, 4)});
  ExpectIllegal({Get(1, 1, 2), Open(Put(1, 3, 4))});
}

TEST(LinearizabilityChecker, ADeletedObjectStaysDeleted) {
  ExpectLegal({Put(1, 1, 2), Delete(true, 3, 4), Get(0, 5, 6)});
  ExpectIllegal({Put(1, 1, 2), Delete(true, 3, 4), Get(1, 5, 6)});  // resurrected
  ExpectIllegal({Put(1, 1, 2), Delete(true, 3, 4), Get(0, 5, 6), Get(1, 7, 8)});
  ExpectLegal({Put(1, 1, 2), Delete(true, 3, 6), Get(0, 4, 5)});
  ExpectLegal({Put(1, 1, 2), Delete(true, 3, 6), Get(1, 4, 5)});
}

TEST(LinearizabilityChecker, ADeleteKnowsWhetherThereWasAnObject) {
  ExpectLegal({Delete(false, 1, 2)});
  ExpectIllegal({Delete(true, 1, 2)});
  ExpectIllegal({Put(1, 1, 2), Delete(false, 3, 4)});
  ExpectIllegal(
      {Put(1, 1, 2), Delete(true, 3, 6), Delete(true, 4, 5)});  // one object, deleted twice
  ExpectLegal({Put(1, 1, 2), Delete(true, 3, 6), Delete(false, 4, 5)});
}

TEST(LinearizabilityChecker, OfCreationsOneSucceeds) {
  ExpectLegal({IfAbsent(Put(1, 1, 9)), Failed(IfAbsent(Put(2, 2, 8))), Get(1, 10, 11)});
  ExpectIllegal({IfAbsent(Put(1, 1, 9)), IfAbsent(Put(2, 2, 8))});
  ExpectLegal({IfAbsent(Put(1, 1, 9)), IfAbsent(Put(2, 2, 8)), Delete(true, 3, 7)});
  ExpectIllegal({Failed(IfAbsent(Put(1, 1, 9)))});  // nobody was first
  ExpectIllegal({IfAbsent(Put(1, 1, 2)), Failed(IfAbsent(Put(2, 3, 4))), Get(2, 5, 6)});
}

TEST(LinearizabilityChecker, OfReplacementsOneSucceeds) {
  ExpectLegal({Put(1, 1, 2), IfMatch(1, Put(2, 3, 9)), Failed(IfMatch(1, Put(3, 4, 8)))});
  ExpectIllegal({Put(1, 1, 2), IfMatch(1, Put(2, 3, 9)), IfMatch(1, Put(3, 4, 8))});  // lost update
  ExpectIllegal({Put(1, 1, 2), Failed(IfMatch(1, Put(2, 3, 4)))});
  ExpectIllegal({Put(1, 1, 2), IfMatch(1, Delete(true, 3, 9)), IfMatch(1, Put(2, 4, 8))});
  ExpectLegal({Put(1, 1, 2), IfMatch(1, Delete(true, 3, 9)), NotFound(IfMatch(1, Put(2, 4, 8)))});
  ExpectIllegal({Put(1, 1, 2), NotFound(IfMatch(1, Put(2, 4, 8)))});
  ExpectIllegal({Failed(IfMatch(1, Put(2, 4, 8)))});  // what is absent is not found
  ExpectIllegal({Put(1, 1, 2), Put(2, 3, 4), IfMatch(1, Put(3, 5, 6))});
}

TEST(LinearizabilityChecker, AnOpenWriteTakesEffectAtAnyLaterTimeOrNever) {
  const Operations before = {Put(1, 1, 2), Open(Put(2, 3, 4))};
  for (const Value seen : {1, 2}) {
    Operations history = before;
    history.push_back(Get(seen, 100, 101));
    ExpectLegal(history);
  }
  Operations late = before;
  late.push_back(Get(1, 100, 101));
  late.push_back(Get(2, 102, 103));
  ExpectLegal(late);
  late.push_back(Get(1, 104, 105));  // but once
  ExpectIllegal(late);
  // It overwrites what was written after it was called.
  ExpectLegal({Open(Put(1, 1, 2)), Put(2, 3, 4), Get(2, 5, 6), Get(1, 7, 8)});
  ExpectLegal({Put(1, 1, 2), Open(Delete(false, 3, 4)), Get(1, 5, 6), Get(0, 7, 8)});
  ExpectIllegal({Put(1, 1, 2), Open(Delete(false, 3, 4)), Get(0, 5, 6), Get(1, 7, 8)});
}

TEST(LinearizabilityChecker, AnOpenConditionalWriteMayHaveFailed) {
  ExpectLegal({Put(1, 1, 2), Open(IfAbsent(Put(2, 3, 4))), Get(1, 5, 6)});
  ExpectIllegal({Put(1, 1, 2), Open(IfAbsent(Put(2, 3, 4))), Get(2, 5, 6)});
  ExpectLegal({Put(1, 1, 2), Open(IfAbsent(Put(2, 3, 4))), Delete(true, 5, 6), Get(2, 7, 8)});
  ExpectLegal({Put(1, 1, 2), Open(IfMatch(1, Put(2, 3, 4))), Get(2, 7, 8)});
  ExpectIllegal({Put(1, 1, 2), Put(9, 3, 4), Open(IfMatch(1, Put(2, 5, 6))), Get(2, 7, 8)});
}

TEST(LinearizabilityChecker, ARefusedWriteHasNoEffect) {
  ExpectLegal({Put(1, 1, 2), Refused(Put(2, 3, 4)), Get(1, 5, 6)});
  ExpectIllegal({Put(1, 1, 2), Refused(Put(2, 3, 4)), Get(2, 5, 6)});
  ExpectIllegal({Put(1, 1, 2), Refused(Delete(true, 3, 4)), Get(0, 5, 6)});
}

TEST(LinearizabilityChecker, AReadWithoutAnswerSaysNothing) {
  ExpectLegal({Put(1, 1, 2), Open(Get(7, 3, 4)), Refused(Get(7, 5, 6)), Get(1, 7, 8)});
}

TEST(LinearizabilityChecker, ReadsAgreeOnTheOrderOfWrites) {
  // Two writes at once, and two readers who saw them in different orders.
  ExpectIllegal({Put(1, 1, 20), Put(2, 1, 20), Get(1, 2, 3), Get(2, 4, 5), Get(1, 6, 7)});
  ExpectLegal({Put(1, 1, 20), Put(2, 1, 20), Get(1, 2, 3), Get(2, 4, 5), Get(2, 6, 7)});
}

TEST(LinearizabilityChecker, TheOrderOfALegalHistoryIsOneThatARegisterCanDo) {
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 200; ++round) {
    const Operations history = LegalHistory(random, {});
    const CheckResult result = Check(history);
    ASSERT_EQ(result.legality, Legality::kLegal) << Excerpt(history);
    std::set<size_t> seen(result.order.begin(), result.order.end());
    EXPECT_EQ(seen.size(), result.order.size());
    Value state = kAbsent;
    int64_t latest_call = 0;
    for (const size_t i : result.order) {
      const auto next = Apply(state, history[i]);
      ASSERT_TRUE(next.has_value()) << Describe(history[i]);
      state = *next;
      EXPECT_LE(latest_call, history[i].returned) << "one that was called later came before it";
      latest_call = std::max(latest_call, history[i].invoked);
    }
    for (size_t i = 0; i < history.size(); ++i) {
      if (history[i].Counts() && !history[i].IsOpen()) EXPECT_TRUE(seen.contains(i));
    }
  }
}

/// The definition itself: some order, with any of the open ones left out.
bool LegalByTrial(const Operations& all) {
  Operations operations;
  for (const Operation& operation : all) {
    if (operation.Counts()) operations.push_back(operation);
  }
  std::vector<size_t> order(operations.size());
  std::iota(order.begin(), order.end(), size_t{0});
  do {
    bool possible = true;
    for (size_t i = 0; i < order.size() && possible; ++i) {
      for (size_t j = i + 1; j < order.size() && possible; ++j) {
        possible = operations[order[j]].returned >= operations[order[i]].invoked;
      }
    }
    if (!possible) continue;
    // What an open one left out does: nothing. So every subset of them is tried.
    uint32_t open = 0;
    for (const Operation& operation : operations) open += operation.IsOpen();
    for (uint32_t out = 0; out < (1u << open); ++out) {
      Value state = kAbsent;
      bool fits = true;
      uint32_t number = 0;
      for (size_t i = 0; i < order.size() && fits; ++i) {
        const Operation& operation = operations[order[i]];
        if (operation.IsOpen() && (out >> number++ & 1) != 0) continue;
        const auto next = Apply(state, operation);
        fits = next.has_value();
        state = next.value_or(state);
      }
      if (fits) return true;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

TEST(LinearizabilityChecker, AgreesWithTheDefinitionOnSmallHistories) {
  std::mt19937_64 random(TestSeed());
  int legal = 0, illegal = 0;
  for (int round = 0; round < 4000; ++round) {
    Operations history = LegalHistory(
        random, {.operations = 6, .clients = 3, .mean_pause = 40, .open = 0.2, .conditional = 0.5});
    // Any answer may become another one.
    for (int changes = static_cast<int>(random() % 3); changes > 0; --changes) {
      Operation& operation = history[random() % history.size()];
      if (operation.outcome != Outcome::kDone) {
        operation.outcome = operation.IsOpen() ? Outcome::kUnknown : Outcome::kDone;
      } else if (operation.kind == Kind::kDelete) {
        operation.existed = !operation.existed;
      } else if (!operation.IsWrite()) {
        operation.value = random() % (history.size() + 1);
      } else if (operation.condition != Condition::kNone) {
        operation.outcome = Outcome::kConditionFailed;
      }
    }
    const bool expected = LegalByTrial(history);
    ++(expected ? legal : illegal);
    ASSERT_EQ(Check(history).legality, expected ? Legality::kLegal : Legality::kIllegal)
        << "round " << round << "\n"
        << Excerpt(history);
  }
  std::printf("%d legal, %d illegal\n", legal, illegal);
  EXPECT_GT(legal, 1000);
  EXPECT_GT(illegal, 500);
}

TEST(LinearizabilityChecker, FindsEveryDefectInLongHistories) {
  std::mt19937_64 random(TestSeed());
  std::map<Defect, int> caught;
  uint64_t most_states = 0;
  for (int round = 0; round < 60; ++round) {
    for (const Defect defect : kDefects) {
      HistoryShape shape{.operations = 100, .clients = 2 + static_cast<int>(random() % 6)};
      // Deletions make room for losses and creations that are legal.
      if (defect == Defect::kLostWrite || defect == Defect::kTwoCreations) shape.deletes = 0.02;
      const Operations legal = LegalHistory(random, shape);
      const CheckResult fine = Check(legal);
      ASSERT_EQ(fine.legality, Legality::kLegal) << Excerpt(legal);
      const auto illegal = WithDefect(legal, defect, random);
      if (!illegal.has_value()) continue;
      const CheckResult found = Check(*illegal);
      ASSERT_EQ(found.legality, Legality::kIllegal) << NameOf(defect) << " in round " << round;
      most_states = std::max({most_states, fine.states, found.states});
      ++caught[defect];
    }
  }
  std::printf("at most %llu states\n", static_cast<unsigned long long>(most_states));
  for (const Defect defect : kDefects) {
    EXPECT_GE(caught[defect], 20) << NameOf(defect);
  }
}

TEST(LinearizabilityChecker, OpenWritesThatNobodySawCostLittle) {
  Operations history;
  for (Value value = 1; value <= 50; ++value) {
    history.push_back(Open(Put(value, static_cast<int64_t>(value), kNever)));
    history.push_back(Open(Delete(false, static_cast<int64_t>(value), kNever)));
  }
  history.push_back(Get(99, 1000, 1001));
  const CheckResult result = Check(history);
  EXPECT_EQ(result.legality, Legality::kIllegal);
  EXPECT_LT(result.states, 5000u);
}

TEST(LinearizabilityChecker, GivesUpInsteadOfGuessing) {
  // Open writes that were all seen, in no order that is known, and a value that nobody wrote.
  Operations history = {Get(99, 1000, 2000)};
  for (Value value = 1; value <= 30; ++value) {
    history.push_back(Open(Put(value, static_cast<int64_t>(value), kNever)));
    history.push_back(Get(value, 1000, 2000));
  }
  EXPECT_EQ(Check(history, 10'000).legality, Legality::kUnknown);
  EXPECT_EQ(Check(Operations(kMostOperations + 1, Get(0, 1, 2))).legality, Legality::kUnknown);
}

TEST(LinearizabilityExcerpt, ShowsWhatIsNeededAndNothingElse) {
  Operations history;
  for (int i = 0; i < 20; ++i) {
    const int64_t at = 1'000'000 * (10 * i + 1);
    history.push_back(Put(static_cast<Value>(i) + 1, at, at + 1'000'000));
    history.push_back(Get(static_cast<Value>(i) + 1, at + 2'000'000, at + 3'000'000));
  }
  history[31].value = 10;  // after put v16 was answered
  history[19].note = "of the first read";
  const std::string excerpt = Excerpt(history);
  EXPECT_THAT(excerpt, AllOf(HasSubstr("get -> v10"), HasSubstr("put v10 -> done")));
  EXPECT_THAT(excerpt, AllOf(Not(HasSubstr("v20")), Not(HasSubstr("v3 "))));
  EXPECT_LE(std::count(excerpt.begin(), excerpt.end(), '\n'), 4) << excerpt;
}

TEST(LinearizabilityVerdict, CountsAndJudges) {
  const Operations legal = {Put(1, 1, 5), Get(1, 2, 4), Failed(IfAbsent(Put(2, 6, 7))),
                            Open(Put(3, 8, 9)), Refused(Put(4, 10, 11))};
  const Operations illegal = {Put(1, 1, 2), Get(0, 3, 4)};
  const Least least{.writes = 1, .reads = 1, .refusals = 1, .overlaps = 1};
  const Verdict good = Judge({{"a", legal}}, least);
  EXPECT_TRUE(good.good()) << good.Summary();
  EXPECT_EQ(good.Summary(),
            "0 illegal, 0 unknown, 0 vacuous; 1 keys, 5 operations: 1 writes, 1 reads, 1 refusals, "
            "1 open; 1 overlaps, 1 states");
  const Verdict bad = Judge({{"a", legal}, {"b", illegal}}, least);
  EXPECT_FALSE(bad.good());
  EXPECT_EQ(bad.illegal, 1u);
  ASSERT_THAT(bad.findings, SizeIs(1));
  EXPECT_THAT(bad.findings[0], AllOf(HasSubstr("ILLEGAL b"), HasSubstr("put v1 -> done"),
                                     HasSubstr("get -> nothing")));
}

TEST(LinearizabilityVerdict, AnUndecidedKeyAndAVacuousRunAreNotGood) {
  const Least nothing{.writes = 0, .reads = 0, .refusals = 0, .overlaps = 0};
  const Verdict undecided = Judge({{"a", Operations(kMostOperations + 1, Get(0, 1, 2))}}, nothing);
  EXPECT_EQ(undecided.unknown, 1u);
  EXPECT_FALSE(undecided.good());
  EXPECT_TRUE(Judge({}, nothing).good());
  for (const Least& least : {Least{.writes = 1, .reads = 0, .refusals = 0, .overlaps = 0},
                             Least{.writes = 0, .reads = 1, .refusals = 0, .overlaps = 0},
                             Least{.writes = 0, .reads = 0, .refusals = 1, .overlaps = 0},
                             Least{.writes = 0, .reads = 0, .refusals = 0, .overlaps = 1}}) {
    const Verdict vacuous = Judge({{"a", {Open(Put(1, 1, 2))}}}, least);
    EXPECT_FALSE(vacuous.good());
    EXPECT_THAT(vacuous.vacuous, HasSubstr("0 "));
  }
}

}  // namespace
}  // namespace trebol::linearizability
