#include "metadata/catalog/sessions.h"

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "gtest/gtest.h"
#include "metadata/catalog/reads.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::catalog {
namespace {

constexpr uint64_t kSession = 7;
constexpr uint64_t kClient = 9;
constexpr uint64_t kDayUs = 24ull * 3600 * 1000 * 1000;

class SessionsTest : public ::testing::Test {
 protected:
  SessionsTest() {
    catalog_.Must(testing::OpenSession(kSession));
    catalog_.Must(testing::OpenSession(kClient, v1::OpenSessionCommand::CLIENT));
    catalog_.Must(testing::CreateBucket({kSession, 1000}, "bucket"));
  }
  static VersionId Version(uint64_t sequence) {
    return testing::MemoryCatalog::Version(kSession, sequence);
  }
  v1::Command Put(testing::Operation operation, uint64_t sequence) {
    return testing::PutObject(operation, "bucket", "k" + std::to_string(operation.counter),
                              Version(sequence), 10);
  }
  ErrorReason Refusal(const v1::Command& command) {
    const auto outcome = catalog_.Run(command);
    EXPECT_FALSE(outcome.ok());
    return ReasonOf(outcome.status());
  }
  v1::SessionRow Row(uint64_t session = kSession) {
    return sessions::Find(catalog_.rows(), SessionId(session))->value();
  }

  testing::MemoryCatalog catalog_;
};

TEST_F(SessionsTest, OpenIsIdempotentAndTellsTheCluster) {
  const auto first = catalog_.Must(testing::OpenSession(55)).open_session();
  catalog_.Must(testing::CreateBucket({kSession, 1}, "another"));
  const auto repeat = catalog_.Must(testing::OpenSession(55)).open_session();
  EXPECT_EQ(first.SerializeAsString(), repeat.SerializeAsString());
  EXPECT_EQ(first.cluster_id(), "cluster");
  EXPECT_EQ(first.chunk_size(), 1024u);
  EXPECT_EQ(first.constants().copies(), 3u);
  catalog_.Must(testing::CloseSession(55));
  EXPECT_EQ(Refusal(testing::OpenSession(55)), v1::SESSION_CLOSED);
  EXPECT_EQ(Refusal(testing::OpenSession(0)), v1::INVALID_ARGUMENT);
}

TEST_F(SessionsTest, OlderRenewalChangesNothing) {
  catalog_.Must(testing::RenewSession(kSession, 5, 10));
  EXPECT_EQ(Refusal(testing::RenewSession(kSession, 5, 20)), v1::STALE_RENEWAL);
  EXPECT_EQ(Refusal(testing::RenewSession(kSession, 4, 20)), v1::STALE_RENEWAL);
  EXPECT_EQ(Row().decided_below(), 10u);
  EXPECT_EQ(Refusal(testing::RenewSession(999, 1, 1)), v1::SESSION_UNKNOWN);
}

TEST_F(SessionsTest, PassingASequenceAbandonsItUnlessItIsListed) {
  catalog_.Must(Put({kClient, 1}, 1));
  catalog_.Must(testing::RenewSession(kSession, 1, 5, {3}));
  // 2 and 4 were neither decided nor listed.
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 2u);
  EXPECT_EQ(Refusal(Put({kClient, 2}, 2)), v1::VERSION_ABANDONED);
  EXPECT_TRUE(catalog_.Must(Put({kClient, 3}, 3)).has_object());
  EXPECT_TRUE(catalog_.Must(Put({kClient, 5}, 5)).has_object());
  // Their rows go once they are passed.
  catalog_.Must(testing::RenewSession(kSession, 2, 6));
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 2u);
  EXPECT_EQ(Refusal(testing::AbandonVersion(Version(3), 1, 1)), v1::OPERATION_UNKNOWN);
}

TEST_F(SessionsTest, LateRenewalReopensNothing) {
  catalog_.Must(testing::RenewSession(kSession, 1, 10, {3}));
  catalog_.Must(testing::RenewSession(kSession, 2, 5, {3, 4}));  // a lower mark, 4 listed again
  EXPECT_EQ(Row().decided_below(), 10u);
  EXPECT_EQ(Refusal(Put({kClient, 1}, 4)), v1::VERSION_ABANDONED);
}

TEST_F(SessionsTest, OutcomeIsKeptWhileARepeatMayCome) {
  catalog_.Must(Put({kClient, 1}, 1));
  catalog_.Must(Put({kClient, 2}, 2));
  catalog_.Must(testing::RenewSession(kClient, 1, 0, {}, /*operations_below=*/3, {2}));
  EXPECT_EQ(Refusal(Put({kClient, 1}, 3)), v1::OPERATION_UNKNOWN);
  EXPECT_TRUE(catalog_.Must(Put({kClient, 2}, 3)).has_object());
  EXPECT_EQ(catalog_.Totals().objects(), 2u);
}

TEST_F(SessionsTest, OutcomesGoADayAfterTheSessionClosed) {
  catalog_.set_time_us(kDayUs);
  for (uint64_t i = 1; i <= 600; ++i) catalog_.Must(Put({kClient, i}, i));
  catalog_.Must(testing::CloseSession(kClient));
  catalog_.set_time_us(2 * kDayUs - 1);
  catalog_.Must(testing::RenewSession(kSession, 1, 0));
  EXPECT_TRUE(catalog_.Must(Put({kClient, 600}, 1000)).has_object());

  catalog_.set_time_us(2 * kDayUs + 1);
  catalog_.Must(testing::RenewSession(kSession, 2, 0));
  // Deleted in bounded steps; but none is definite any more from the first on.
  EXPECT_EQ(Refusal(Put({kClient, 600}, 1001)), v1::OPERATION_UNKNOWN);
  EXPECT_EQ(Refusal(Put({kClient, 601}, 1001)), v1::OPERATION_UNKNOWN);
  const size_t rows = catalog_.rows().rows().size();
  for (uint64_t number = 3; number < 8; ++number) {
    catalog_.Must(testing::RenewSession(kSession, number, 0));
  }
  EXPECT_LE(catalog_.rows().rows().size() + 340, rows);
  EXPECT_FALSE(sessions::Find(catalog_.rows(), SessionId(kClient))->has_value());
}

TEST_F(SessionsTest, AClockThatIsWrongMakesNoOutcomeAnother) {
  catalog_.set_time_us(5 * kDayUs);
  const v1::Outcome first = catalog_.Must(Put({kClient, 1}, 1));
  catalog_.Must(testing::CloseSession(kClient));
  catalog_.set_time_us(kDayUs);  // it goes back: outcomes are kept for longer
  catalog_.Must(testing::RenewSession(kSession, 1, 0));
  EXPECT_EQ(catalog_.Must(Put({kClient, 1}, 2)).SerializeAsString(), first.SerializeAsString());
  catalog_.set_time_us(50 * kDayUs);  // and far ahead: nobody knows them any more
  catalog_.Must(testing::RenewSession(kSession, 2, 0));
  EXPECT_EQ(Refusal(Put({kClient, 1}, 3)), v1::OPERATION_UNKNOWN);
  EXPECT_EQ(catalog_.Totals().objects(), 1u);
}

TEST_F(SessionsTest, ClosedGatewaySessionIsRememberedForOffers) {
  catalog_.Must(testing::RegisterNode(70));
  catalog_.set_time_us(kDayUs);
  catalog_.Must(testing::CloseSession(kSession));
  catalog_.Must(testing::OpenSession(100));
  catalog_.set_time_us(3 * kDayUs);
  for (uint64_t i = 1; i < 5; ++i) catalog_.Must(testing::RenewSession(100, i, 0));
  EXPECT_TRUE(Row().outcomes_dropped());
  EXPECT_EQ(catalog_.Must(testing::OfferVersion(70, Version(1), 10))
                .offer_versions()
                .response()
                .verdicts(0),
            v1::OfferVersionsResponse::GARBAGE);
}

TEST_F(SessionsTest, ExpiryIsVoidAfterARenewal) {
  catalog_.Must(testing::RenewSession(kSession, 1, 0));
  v1::Command expire = testing::CloseSession(kSession);
  expire.mutable_close_session()->set_expired_at_number(0);
  catalog_.Must(expire);
  EXPECT_FALSE(Row().closed());
  expire.mutable_close_session()->set_expired_at_number(1);
  catalog_.Must(expire);
  EXPECT_TRUE(Row().closed());
  catalog_.Must(expire);
  EXPECT_EQ(Refusal(testing::RenewSession(kSession, 2, 0)), v1::SESSION_CLOSED);
}

TEST_F(SessionsTest, HorizonIsThatOfTheOldestReaderAndNeverFalls) {
  const uint64_t opened = Row().horizon();
  EXPECT_EQ(ReadReadersHorizon(catalog_.rows(), GarbageKind::kSeen)->horizon.value, opened);
  catalog_.Must(testing::OpenSession(100));
  EXPECT_EQ(ReadReadersHorizon(catalog_.rows(), GarbageKind::kSeen)->horizon.value, opened);
  const uint64_t head = catalog_.head();
  catalog_.Must(testing::RenewSession(kSession, 1, 0, {}, 0, {}, head));
  EXPECT_EQ(ReadReadersHorizon(catalog_.rows(), GarbageKind::kSeen)->horizon.value,
            head);  // that of session 100
  catalog_.Must(testing::RenewSession(kSession, 2, 0, {}, 0, {}, 1));
  EXPECT_EQ(Row().horizon(), head);
  EXPECT_EQ(Refusal(testing::RenewSession(kSession, 3, 0, {}, 0, {}, catalog_.head() + 1)),
            v1::INVALID_ARGUMENT);
  catalog_.Must(testing::CloseSession(kSession));
  catalog_.Must(testing::CloseSession(100));
  EXPECT_EQ(ReadReadersHorizon(catalog_.rows(), GarbageKind::kSeen)->horizon.value,
            catalog_.head());
}

TEST_F(SessionsTest, PinsAreReplacedWithTheHorizon) {
  v1::Command renew = testing::RenewSession(kSession, 1, 0);
  *renew.mutable_renew_session()->add_pins() = ToProto(Version(3));
  catalog_.Must(renew);
  EXPECT_TRUE(ReadReadersHorizon(catalog_.rows(), GarbageKind::kSeen)->pinned.contains(Version(3)));
  catalog_.Must(testing::RenewSession(kSession, 2, 0));
  EXPECT_TRUE(ReadReadersHorizon(catalog_.rows(), GarbageKind::kSeen)->pinned.empty());
}

TEST_F(SessionsTest, SettledOnesAreNoLongerNamed) {
  catalog_.Must(testing::CloseSession(kSession));
  catalog_.Must(testing::CloseSession(kClient));
  EXPECT_EQ(*ReadUnsettledSessions(catalog_.rows()), std::vector<SessionId>{SessionId(kSession)});
  v1::Command settle;
  settle.mutable_settle_sessions()->add_sessions(kSession);
  settle.mutable_settle_sessions()->add_sessions(999);
  catalog_.Must(settle);
  EXPECT_TRUE(ReadUnsettledSessions(catalog_.rows())->empty());
}

}  // namespace
}  // namespace trebol::catalog
