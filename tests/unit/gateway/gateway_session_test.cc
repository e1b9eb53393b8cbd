#include "gateway/cluster/gateway_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "gateway/cluster/session_reporter.h"
#include "tests/testing/gateway_rig.h"

namespace trebol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = v1::Command;

class GatewaySessionTest : public testing::Test {
 protected:
  absl::Status Tick() { return rig_.runtime.BlockOn(rig_.session->Tick(BackgroundContext())); }
  absl::StatusOr<v1::Outcome> Delete(const std::string& key) {
    auto life = *rig_.session->Current();
    OpenOperation operation(life, false);
    v1::Command command;
    *command.mutable_delete_object()->mutable_operation() = operation.IdOr(nullptr);
    command.mutable_delete_object()->set_key(key);
    auto outcome =
        rig_.runtime.BlockOn(rig_.session->Submit(BackgroundContext(), command, absl::Seconds(10)));
    operation.Settled();
    return outcome;
  }
  GatewayRig rig_;
};

TEST_F(GatewaySessionTest, OpensAndTakesTheIdentityOfTheCluster) {
  EXPECT_EQ(rig_.identity->cluster_id(), "cluster-of-tests");
  EXPECT_EQ(rig_.identity->generation(), Generation(7));
  const auto life = rig_.session->Current();
  ASSERT_TRUE(life.ok());
  EXPECT_EQ((*life)->chunk_size, 1000u);
  const auto opened = rig_.metadata->Commands(Kind::kOpenSession);
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0].open_session().kind(), v1::OpenSessionCommand::GATEWAY);
}

TEST_F(GatewaySessionTest, IsNotReadyWithoutASession) {
  GatewaySession fresh(rig_.runtime, rig_.metadata, rig_.identity, "there", rig_.clock);
  EXPECT_EQ(ReasonOf(fresh.Current().status()), v1::NOT_READY);
  EXPECT_FALSE(fresh.Report().has_value());
  rig_.metadata->FailNext(Kind::kOpenSession, absl::UnavailableError("away"), false);
  EXPECT_FALSE(rig_.runtime.BlockOn(fresh.Tick(BackgroundContext())).ok());
  EXPECT_TRUE(rig_.runtime.BlockOn(fresh.Tick(BackgroundContext())).ok());
}

TEST_F(GatewaySessionTest, RefusesASessionWithoutAChunkSize) {
  rig_.metadata->set_chunk_size(0);
  GatewaySession fresh(rig_.runtime, rig_.metadata, rig_.identity, "there", rig_.clock);
  EXPECT_FALSE(rig_.runtime.BlockOn(fresh.Tick(BackgroundContext())).ok());
  EXPECT_FALSE(fresh.Current().ok());
}

TEST_F(GatewaySessionTest, RenewalsAreNumberedAndNameWhatIsOpen) {
  const auto life = *rig_.session->Current();
  OpenOperation first(life, true);
  OpenOperation name_only(life, false);
  OpenOperation second(life, true);
  v1::RenewSessionCommand renewed = rig_.Renewed();
  const uint64_t number = renewed.number();
  EXPECT_EQ(renewed.decided_below(), 3u);
  EXPECT_THAT(renewed.open(), ElementsAre(1, 2));
  EXPECT_EQ(renewed.operations_below(), 4u);
  EXPECT_THAT(renewed.open_operations(), ElementsAre(1, 2, 3));
  first.Settled();
  name_only.Settled();
  rig_.metadata->FailNext(Kind::kRenewSession, absl::UnavailableError("lost"), true);
  EXPECT_FALSE(Tick().ok());
  renewed = rig_.Renewed();
  EXPECT_EQ(renewed.number(), number + 2);
  EXPECT_EQ(renewed.decided_below(), 3u);
  EXPECT_THAT(renewed.open(), ElementsAre(2));
  EXPECT_THAT(renewed.open_operations(), ElementsAre(3));
  const auto report = rig_.session->Report();
  EXPECT_EQ(report->decided_below(), 3u);
  EXPECT_THAT(report->open(), ElementsAre(2));
}

TEST_F(GatewaySessionTest, AStaleRenewalIsNoFailure) {
  rig_.metadata->FailNext(
      Kind::kRenewSession,
      MakeError(absl::StatusCode::kFailedPrecondition, v1::STALE_RENEWAL, "older"), false);
  EXPECT_TRUE(Tick().ok());
  EXPECT_EQ(rig_.metadata->Commands(Kind::kOpenSession).size(), 1u);
}

TEST_F(GatewaySessionTest, AClosedSessionIsReplacedInTheSameTick) {
  const auto before = *rig_.session->Current();
  OpenOperation left_open(before, true);
  rig_.metadata->CloseSessions();
  EXPECT_TRUE(Tick().ok());
  const auto after = *rig_.session->Current();
  EXPECT_NE(after->id, before->id);
  EXPECT_THAT(rig_.Renewed().open(), IsEmpty());
  EXPECT_EQ(rig_.Renewed().number(), 2u);
}

TEST_F(GatewaySessionTest, AWrongGenerationIsLeftToAnOperator) {
  const auto wrong =
      MakeError(absl::StatusCode::kFailedPrecondition, v1::WRONG_GENERATION, "another life");
  rig_.metadata->FailNext(Kind::kRenewSession, wrong, false);
  EXPECT_EQ(ReasonOf(Tick()), v1::WRONG_GENERATION);
  EXPECT_EQ(rig_.metadata->Commands(Kind::kOpenSession).size(), 1u);
  EXPECT_FALSE(rig_.session->Current().ok());
}

TEST_F(GatewaySessionTest, RepeatsAnAmbiguousCommandAsItIs) {
  ASSERT_TRUE(rig_.Put("key", "content").ok());
  for (int i = 0; i < 2; ++i) {
    rig_.metadata->FailNext(Kind::kDeleteObject, absl::DeadlineExceededError("lost"), i == 0);
  }
  EXPECT_TRUE(Delete("key").ok());
  const auto commands = rig_.metadata->Commands(Kind::kDeleteObject);
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_EQ(commands[0].SerializeAsString(), commands[2].SerializeAsString());
}

TEST_F(GatewaySessionTest, AnOutcomeThatIsNoLongerKeptIsNotAskedForAgain) {
  rig_.metadata->FailNext(Kind::kDeleteObject,
                          MakeError(absl::StatusCode::kUnknown, v1::OPERATION_UNKNOWN, "gone"),
                          false);
  EXPECT_EQ(ReasonOf(Delete("key").status()), v1::OPERATION_UNKNOWN);
  EXPECT_EQ(rig_.metadata->Commands(Kind::kDeleteObject).size(), 1u);
}

TEST_F(GatewaySessionTest, MetadataThatWasNotReadyDidNothing) {
  const auto not_ready = MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY, "starting");
  const auto submit = [this](absl::Duration patience) {
    v1::Command command;
    command.mutable_delete_object()->mutable_operation()->set_session(1);
    return rig_.runtime
        .BlockOn(rig_.session->Submit(BackgroundContext(), std::move(command), patience))
        .status();
  };
  rig_.metadata->FailNext(Kind::kDeleteObject, not_ready, false);
  EXPECT_EQ(ReasonOf(submit(absl::ZeroDuration())), v1::NOT_READY);
  rig_.metadata->FailNext(Kind::kDeleteObject, not_ready, false);
  EXPECT_TRUE(Delete("key").ok());
}

TEST_F(GatewaySessionTest, ACommandAfterTheSessionsEndIsUnavailable) {
  rig_.metadata->CloseSessions();
  const auto outcome = Delete("key");
  EXPECT_TRUE(absl::IsUnavailable(outcome.status()));
  EXPECT_EQ(ReasonOf(outcome.status()), v1::NOT_READY);
}

TEST_F(GatewaySessionTest, AbandonGoesOnInTheBackgroundUntilItIsStopped) {
  const auto life = *rig_.session->Current();
  OpenOperation operation(life, true);
  const absl::Status refused = absl::PermissionDeniedError("not now");
  rig_.metadata->FailNext(Kind::kAbandonVersion, refused, false);
  EXPECT_FALSE(rig_.runtime.BlockOn(rig_.session->Abandon(operation, 3, 2500)).ok());
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.metadata->Abandoned(1); }));
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.Renewed().open().empty(); }));

  OpenOperation another(life, true);
  for (int i = 0; i < 100; ++i) rig_.metadata->FailNext(Kind::kAbandonVersion, refused, false);
  EXPECT_FALSE(rig_.runtime.BlockOn(rig_.session->Abandon(another, 3, 2500)).ok());
  rig_.session->Stop();
  rig_.runtime.Drain();  // ends, though metadata never takes it
  EXPECT_THAT(rig_.Renewed().open(), ElementsAre(2));
}

TEST_F(GatewaySessionTest, CloseEndsTheSessionInMetadata) {
  const auto life = *rig_.session->Current();
  ASSERT_TRUE(rig_.runtime.BlockOn(rig_.session->Close(BackgroundContext())).ok());
  const auto closed = rig_.metadata->Commands(Kind::kCloseSession);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].close_session().session(), life->id.value);
  EXPECT_EQ(ReasonOf(rig_.session->Current().status()), v1::NOT_READY);
}

TEST_F(GatewaySessionTest, ForgetsNoHigherPlaceInTheLog) {
  v1::LogPosition position;
  position.set_term(9);
  position.set_index(1'000'000);
  rig_.session->Observe(position);
  position.set_index(5);
  rig_.session->Observe(position);
  EXPECT_EQ(rig_.session->lineage().index(), 1'000'000u);
}

TEST_F(GatewaySessionTest, ANewSessionBeginsWithWhatItsOpeningSaw) {
  rig_.metadata->set_head(999);
  EXPECT_TRUE(Tick().ok());
  ASSERT_EQ(rig_.session->lineage().index(), 1000u);
  // An operator put an older log in place.
  rig_.metadata->set_head(4);
  rig_.metadata->FailNext(
      Kind::kRenewSession,
      MakeError(absl::StatusCode::kFailedPrecondition, v1::SESSION_UNKNOWN, "who?"), false);
  EXPECT_TRUE(Tick().ok());
  EXPECT_EQ(rig_.session->lineage().index(), 5u);
  EXPECT_EQ(rig_.Renewed().horizon(), 5u);
}

TEST_F(GatewaySessionTest, TheReporterTellsEachNodeOnceAndRepeatsWhatFailed) {
  SessionReporter reporter(rig_.runtime, rig_.storage, rig_.maps, rig_.session);
  rig_.storage->Set("n2", {.put = absl::UnavailableError("away"), .failures = 1});
  auto sent = [&](const char* node) { return rig_.storage->reports(node).size(); };
  const auto tick = [&] {
    reporter.Tick();
    rig_.runtime.Drain();
  };
  tick();
  EXPECT_EQ(sent("n1"), 1u);
  EXPECT_EQ(sent("n2"), 0u);
  tick();
  EXPECT_EQ(sent("n1"), 1u);
  EXPECT_EQ(sent("n2"), 1u);
  OpenOperation operation(*rig_.session->Current(), true);
  rig_.storage->Hold("n3");
  reporter.Tick();
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held("n3") == 1 && sent("n1") == 2; }));
  operation.Settled();
  reporter.Tick();  // n3 is not asked a second time while it hangs
  ASSERT_TRUE(GatewayRig::Until([&] { return sent("n1") == 3; }));
  EXPECT_EQ(rig_.storage->held("n3"), 1);
  rig_.storage->Release("n3");
  rig_.runtime.Drain();
  tick();
  const auto reports = rig_.storage->reports("n3");
  ASSERT_EQ(reports.size(), 3u);
  EXPECT_THAT(reports[1].session().open(), ElementsAre(1));
  EXPECT_THAT(reports[2].session().open(), IsEmpty());
}

}  // namespace
}  // namespace trebol
