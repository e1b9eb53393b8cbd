#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "client/client.h"
#include "tests/testing/fake_gateway.h"

namespace trebol::client {
namespace {

using testing::FakeGateway;

const absl::Status kBroken = absl::UnavailableError("Socket closed");

/// What became of the writes of a client when attempts fail, answers are lost and sessions end.
class ClientOperations : public ::testing::Test {
 protected:
  ClientOperations() { gateway_.AddBucket("photos"); }

  Client MakeClient() { return *Client::Create({.endpoint = gateway_.endpoint()}); }
  /// All attempts so far carried ids, and this many different ones.
  void ExpectIds(size_t attempts, size_t different) {
    const std::vector<v1::OperationId> ids = gateway_.operations();
    std::set<std::pair<uint64_t, uint64_t>> names;
    for (const v1::OperationId& id : ids) {
      EXPECT_NE(id.session(), 0u);
      EXPECT_GE(id.counter(), 1u);
      names.emplace(id.session(), id.counter());
    }
    EXPECT_EQ(ids.size(), attempts);
    EXPECT_EQ(names.size(), different);
  }

  FakeGateway gateway_{FakeGateway::Options{.term_seconds = 1}};
};

TEST_F(ClientOperations, ReadsNeedNoSession) {
  const Client client = MakeClient();
  EXPECT_TRUE(client.HeadBucket("photos").ok());
  EXPECT_EQ(gateway_.sessions_opened(), 0);
}

TEST(ClientWithoutASession, WritesWithoutIdsAndRepeatsNoWrite) {
  FakeGateway gateway(FakeGateway::Options{.sessions_denied = true});
  gateway.AddBucket("photos");
  const Client client = *Client::Create({.endpoint = gateway.endpoint()});
  ASSERT_TRUE(client.PutObject("photos", "a", "1").ok());
  ASSERT_TRUE(client.DeleteObject("photos", "a").ok());
  for (const v1::OperationId& id : gateway.operations()) EXPECT_EQ(id.counter(), 0u);
  const int calls = gateway.calls();
  gateway.LoseAnswers(1, absl::DeadlineExceededError("metadata"));
  EXPECT_FALSE(client.PutObject("photos", "a", "1").ok());
  EXPECT_EQ(gateway.calls(), calls + 1);
  EXPECT_TRUE(gateway.HasObject("photos", "a")) << "it took effect, and that was not known";
}

TEST_F(ClientOperations, EveryCallHasAnotherIdOfOneSession) {
  const Client client = MakeClient();
  ASSERT_TRUE(client.CreateBucket("music").ok());
  ASSERT_TRUE(client.PutObject("photos", "a", "1").ok());
  ASSERT_TRUE(client.DeleteObject("photos", "a").ok());
  ExpectIds(3, 3);
  EXPECT_EQ(gateway_.sessions_opened(), 1);
}

TEST_F(ClientOperations, CallsThatBeginAtOnceShareASession) {
  const Client client = MakeClient();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&client, i] {
      EXPECT_TRUE(client.PutObject("photos", "k" + std::to_string(i), "1").ok());
    });
  }
  threads.clear();
  EXPECT_EQ(gateway_.sessions_opened(), 1);
  ExpectIds(8, 8);
}

TEST_F(ClientOperations, AWriteWhoseAnswerIsLostIsRepeatedAndTakesEffectOnce) {
  const Client client = MakeClient();
  for (const absl::Status& lost :
       {kBroken, absl::DeadlineExceededError("metadata"), absl::CancelledError("RST_STREAM"),
        absl::InternalError("RST_STREAM"), absl::UnknownError("stream removed")}) {
    const int effects = gateway_.effects();
    gateway_.LoseAnswers(1, lost);
    const auto put = client.PutObject("photos", "a", "1");
    ASSERT_TRUE(put.ok()) << put.status();
    EXPECT_EQ(gateway_.effects(), effects + 1);
  }
  ExpectIds(10, 5);
  gateway_.LoseAnswers(1, kBroken);
  const auto deleted = client.DeleteObject("photos", "a");
  EXPECT_TRUE(deleted->existed) << "the repeat got the answer of the first attempt";
  gateway_.LoseAnswers(1, kBroken);
  EXPECT_TRUE(client.CreateBucket("music").ok()) << "not ALREADY_EXISTS";
}

TEST_F(ClientOperations, AConditionalWriteWhoseAnswerIsLostDoesNotMeetItself) {
  const Client client = MakeClient();
  gateway_.LoseAnswers(1, kBroken);
  const auto put =
      client.PutObject("photos", "a", "1", {.preconditions = Preconditions::IfAbsent()});
  EXPECT_TRUE(put.ok()) << put.status();
  const auto again =
      client.PutObject("photos", "a", "1", {.preconditions = Preconditions::IfAbsent()});
  EXPECT_EQ(ReasonOf(again.status()), ErrorReason::kPreconditionFailed);
}

TEST_F(ClientOperations, ADefiniteErrorIsNotRepeated) {
  const Client client = MakeClient();
  ASSERT_TRUE(client.CreateBucket("music").ok());
  EXPECT_EQ(ReasonOf(client.CreateBucket("music").status()), ErrorReason::kBucketAlreadyExists);
  gateway_.LoseAnswers(1, ErrorWithReason(absl::StatusCode::kInternal, ErrorReason::kDiskFull, ""));
  EXPECT_FALSE(client.PutObject("photos", "a", "1").ok());
  ExpectIds(3, 3);
}

TEST_F(ClientOperations, ALargeUploadIsRepeatedWhenItsSourceCanBeRewound) {
  const Client client = MakeClient();
  const std::string data(5'000'000, 'x');
  gateway_.BreakPutsAfter(2'500'000, 2);
  const auto put = client.PutObject("photos", "a", data);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_TRUE(gateway_.DataOf("photos", "a") == data);
  gateway_.LoseAnswers(1, kBroken);
  EXPECT_TRUE(client.PutObject("photos", "b", data).ok());
  EXPECT_EQ(gateway_.effects(), 2);
}

TEST_F(ClientOperations, AnUploadThatCannotBeRewoundFailsWhenItBreaks) {
  const Client client = MakeClient();
  gateway_.BreakPutsAfter(2'500'000, 1);
  const auto put = client.PutObject("photos", "a", [left = 5'000'000](char*, size_t size) mutable {
    const size_t given = std::min<size_t>(size, left);
    left -= given;
    return absl::StatusOr<size_t>(given);
  });
  EXPECT_TRUE(absl::IsUnavailable(put.status())) << put.status();
  EXPECT_FALSE(gateway_.HasObject("photos", "a"));
}

TEST_F(ClientOperations, AnErrorOfTheSourceIsNotRepeated) {
  const Client client = MakeClient();
  int reads = 0;
  const Source source = [&reads](char*, size_t size) -> absl::StatusOr<size_t> {
    if (++reads == 3) return kBroken;
    return size;
  };
  const auto put =
      client.PutObject("photos", "a", source, {.rewind = [] { return absl::OkStatus(); }});
  EXPECT_EQ(put.status(), kBroken);
  EXPECT_EQ(reads, 3);
}

TEST_F(ClientOperations, ASessionThatEndedIsReplacedAndTheCallRepeated) {
  const Client client = MakeClient();
  ASSERT_TRUE(client.PutObject("photos", "a", "1").ok());
  gateway_.CloseSessions();
  const auto put = client.PutObject("photos", "a", std::string(3'000'000, '2'));
  ASSERT_TRUE(put.ok()) << put.status();
  gateway_.CloseSessions();
  ASSERT_TRUE(client.DeleteObject("photos", "a").ok());
  EXPECT_EQ(gateway_.sessions_opened(), 3);
  EXPECT_EQ(gateway_.effects(), 3);
}

TEST_F(ClientOperations, AnOutcomeThatNobodyKnowsIsNeverTriedAgain) {
  const Client client = MakeClient();
  ASSERT_TRUE(client.PutObject("photos", "a", "1").ok());
  gateway_.ForgetSessions();
  const auto put = client.PutObject("photos", "b", "1");
  EXPECT_EQ(ReasonOf(put.status()), ErrorReason::kOperationUnknown) << put.status();
  EXPECT_EQ(gateway_.operations().size(), 2u);
  EXPECT_TRUE(client.PutObject("photos", "c", "1").ok()) << "the next call has another session";
}

TEST_F(ClientOperations, TheSessionIsRenewedWithTheOperationsThatAreOpen) {
  const Client client = MakeClient();
  ASSERT_TRUE(client.PutObject("photos", "a", "1").ok());
  // An upload that lasts for some renewals: counter 2.
  int pieces = 0;
  const auto put = client.PutObject("photos", "b", [&](char*, size_t size) {
    absl::SleepFor(absl::Milliseconds(100));
    return absl::StatusOr<size_t>(++pieces < 15 ? size : 0);
  });
  ASSERT_TRUE(put.ok()) << put.status();
  while (gateway_.renewals().back().open_operations_size() > 0) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  const std::vector<v1::RenewSessionRequest> renewals = gateway_.renewals();
  ASSERT_GE(renewals.size(), 3u);
  bool seen_open = false;
  for (size_t i = 0; i < renewals.size(); ++i) {
    EXPECT_EQ(renewals[i].number(), i + 1);
    for (const uint64_t open : renewals[i].open_operations()) {
      EXPECT_LT(open, renewals[i].operations_below());
      seen_open = seen_open || open == 2;
    }
  }
  EXPECT_TRUE(seen_open);
  EXPECT_EQ(renewals.back().operations_below(), 3u);
  EXPECT_EQ(gateway_.sessions_opened(), 1);
}

TEST_F(ClientOperations, ARenewalThatFindsTheSessionClosedLetsTheNextCallOpenAnother) {
  const Client client = MakeClient();
  ASSERT_TRUE(client.PutObject("photos", "a", "1").ok());
  gateway_.CloseSessions();
  const size_t before = gateway_.renewals().size();
  while (gateway_.renewals().size() < before + 1) absl::SleepFor(absl::Milliseconds(20));
  absl::SleepFor(absl::Milliseconds(50));
  ASSERT_TRUE(client.PutObject("photos", "b", "1").ok());
  ExpectIds(2, 2);
  EXPECT_EQ(gateway_.sessions_opened(), 2);
}

TEST_F(ClientOperations, TheLastCopyOfAClientClosesTheSession) {
  std::optional<Client> client = MakeClient();
  std::optional<Client> copy = client->WithTimeout(absl::Seconds(5));
  ASSERT_TRUE(client->PutObject("photos", "a", "1").ok());
  client.reset();
  EXPECT_EQ(gateway_.sessions_closed(), 0);
  ASSERT_TRUE(copy->PutObject("photos", "a", "2").ok());
  copy.reset();
  EXPECT_EQ(gateway_.sessions_closed(), 1);
  EXPECT_EQ(gateway_.sessions_opened(), 1);
}

TEST_F(ClientOperations, TheEndOfAClientDoesNotWaitForAGatewayThatIsGone) {
  std::optional<Client> client = MakeClient();
  ASSERT_TRUE(client->PutObject("photos", "a", "1").ok());
  gateway_.Stop();
  const absl::Time before = absl::Now();
  client.reset();
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
}

TEST(ClientWithoutSessions, FollowsTheOldRules) {
  FakeGateway gateway(FakeGateway::Options{.sessions = false});
  gateway.AddBucket("photos");
  const Client client = *Client::Create({.endpoint = gateway.endpoint()});
  ASSERT_TRUE(client.PutObject("photos", "a", "1").ok());
  gateway.FailNext(1, kBroken);
  EXPECT_TRUE(absl::IsUnavailable(client.PutObject("photos", "a", "2").status()));
  gateway.FailNext(1, ErrorWithReason(absl::StatusCode::kUnavailable, ErrorReason::kQuorumNotMet,
                                      "one copy of two"));
  EXPECT_TRUE(client.PutObject("photos", "a", "3").ok());
  for (const v1::OperationId& id : gateway.operations()) EXPECT_EQ(id.session(), 0u);
}

}  // namespace
}  // namespace trebol::client
