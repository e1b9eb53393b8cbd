#include "tests/simulation/collector_model.h"

#include <stdlib.h>

#include <iostream>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace trebol::simulation {
namespace {

constexpr uint64_t kMaxStates = 3'000'000;

// Under sanitizers a state costs five times as much; the full bounds are explored without them.
#ifdef TREBOL_PLANTED_DEFECTS
constexpr bool kFullBounds = false;
#else
constexpr bool kFullBounds = true;
#endif

// Two gateways upload the same object under one operation; everything is late, repeated and given
// up.
ModelBounds Writers() {
  ModelBounds bounds;
  bounds.commit_copies = kFullBounds ? 2 : 1;
  bounds.client_closes_operation = true;
  return bounds;
}

// One upload whose chunk, commit, abandon and renewals come late and twice.
ModelBounds Renewals() {
  ModelBounds bounds;
  bounds.gateways = 1;
  bounds.put_copies = 2;
  bounds.commit_copies = 2;
  bounds.abandons = 2;
  bounds.renewals = kFullBounds ? 3 : 2;
  return bounds;
}

// A reader while its version is overwritten and the object deleted.
ModelBounds Readers() {
  ModelBounds bounds;
  bounds.gateways = 1;
  bounds.abandons = 0;
  bounds.renewals = 2;
  bounds.object_deletes = true;
  bounds.reads = 1;
  bounds.pins = kFullBounds;
  return bounds;
}

// Any of them, with audits.
ModelBounds Audited(ModelBounds bounds) {
  bounds.orphan_offers = true;
  return bounds;
}

void ExpectNoViolation(const char* name, const ModelBounds& bounds) {
  const ModelResult result = Explore(bounds, kMaxStates);
  std::cout << name << ": " << result.states << " states, " << result.transitions
            << " transitions, " << result.quiescent << " drained, " << result.commits
            << " with a commit, " << result.deletions << " with a deletion\n";
  EXPECT_EQ(result.violation, "") << absl::StrJoin(result.trace, "\n");
  EXPECT_TRUE(result.complete) << "more than " << kMaxStates << " states";
  // A model in which nothing happens proves nothing.
  EXPECT_GT(result.states, 5'000u);
  EXPECT_GT(result.commits, 50u);
  EXPECT_GT(result.deletions, 50u);
}

TEST(CollectorModel, HoldsForWritersThatRetryAndGiveUp) { ExpectNoViolation("writers", Writers()); }

TEST(CollectorModel, HoldsForRenewalsThatOvertakeEachOther) {
  ExpectNoViolation("renewals", Renewals());
}

TEST(CollectorModel, HoldsForReadersOfWhatIsReplaced) { ExpectNoViolation("readers", Readers()); }

TEST(CollectorModel, HoldsForAuditsAmongWriters) {
  ModelBounds bounds = Audited(Writers());
  bounds.commit_copies = 1;
  bounds.client_closes_operation = kFullBounds;
  bounds.abandons = kFullBounds ? 1 : 0;
  ExpectNoViolation("audits among writers", bounds);
}

TEST(CollectorModel, HoldsForAuditsAmongRenewals) {
  ModelBounds bounds = Audited(Renewals());
  bounds.renewals = 2;
  ExpectNoViolation("audits among renewals", bounds);
}

TEST(CollectorModel, HoldsForAuditsAmongReaders) {
  ExpectNoViolation("audits among readers", Audited(Readers()));
}

#ifdef TREBOL_PLANTED_DEFECTS

// With the defect, the model must find an interleaving that breaks a promise.
void ExpectFound(const char* defect, const ModelBounds& bounds) {
  setenv("TREBOL_PLANTED_DEFECT", defect, 1);
  const ModelResult result = Explore(bounds, kMaxStates);
  unsetenv("TREBOL_PLANTED_DEFECT");
  EXPECT_NE(result.violation, "") << defect << " was not found in " << result.states << " states";
  std::cout << defect << ": " << result.violation << ", found after " << result.states
            << " states in " << result.trace.size() << " steps\n";
}

TEST(CollectorModel, FindsCommitsOfClosedSessions) {
  ModelBounds bounds = Writers();
  bounds.abandons = 0;
  bounds.expiries = true;
  ExpectFound("catalog.no_session_fence", bounds);
}
TEST(CollectorModel, FindsOperationsThatRunTwice) {
  ModelBounds bounds = Writers();
  bounds.abandons = 0;
  bounds.commit_copies = 1;
  ExpectFound("catalog.no_operation_check", bounds);
}
TEST(CollectorModel, FindsAbandonedVersionsThatAreCommitted) {
  ModelBounds bounds = Renewals();
  bounds.renewals = 0;
  ExpectFound("catalog.abandon_not_decided", bounds);
}
TEST(CollectorModel, FindsDeletionsUnderReaders) {
  ExpectFound("collector.ignore_horizon", Readers());
}
TEST(CollectorModel, FindsWhatWasReplacedAmongWhatNobodyReads) {
  ExpectFound("catalog.replaced_is_unseen", Readers());
}
TEST(CollectorModel, FindsUndecidedVersionsThatAreTakenForOrphans) {
  ExpectFound("catalog.undecided_is_orphan", Audited(Renewals()));
}

#endif

}  // namespace
}  // namespace trebol::simulation
