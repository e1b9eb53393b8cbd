// The parts of a torture run, on gateways in this process that can be told to do wrong.
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/linearizability/verdict.h"
#include "tests/testing/fake_gateway.h"
#include "tests/testing/load.h"
#include "tests/testing/seed.h"
#include "tests/torture/nemesis_plan.h"
#include "tests/torture/register_clients.h"

namespace trebol::torture {
namespace {

using linearizability::Judge;
using linearizability::Verdict;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeGateway;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Load;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::Duration kPatience = absl::Minutes(1);

RegisterClients::Options ClientOptions(std::vector<std::string> endpoints) {
  return {.endpoints = std::move(endpoints),
          .seed = TestSeed(),
          .keys = 3,
          .think = absl::Milliseconds(1),
          .large_size = 1'500'000};
}

void RunFor(RegisterClients& clients, uint64_t operations) {
  clients.Start();
  for (const absl::Time end = absl::Now() + kPatience;
       clients.operations() < operations && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  clients.Stop();
  ASSERT_GE(clients.operations(), operations);
}

TEST(RegisterClients, AHistoryOfOneStoreIsLegalAndNotVacuous) {
  FakeGateway gateway;
  gateway.AddBucket("register");
  RegisterClients clients(ClientOptions({gateway.endpoint()}));
  RunFor(clients, 1500);
  const Verdict verdict = Judge(clients.history().ByKey());
  std::printf("%s\n", verdict.Summary().c_str());
  EXPECT_TRUE(verdict.good()) << verdict.Summary() << "\n" << absl::StrJoin(verdict.findings, "");
  EXPECT_EQ(verdict.open, 0u);
  EXPECT_THAT(clients.violations(), IsEmpty());
  EXPECT_THAT(clients.history().Conflicts(), IsEmpty());
  for (const auto& [key, operations] : clients.history().ByKey()) {
    EXPECT_LE(operations.size(), 90u) << key;
  }
}

TEST(RegisterClients, AnswersThatAreLostStayOpen) {
  FakeGateway gateway;
  gateway.AddBucket("register");
  RegisterClients clients(ClientOptions({gateway.endpoint()}));
  clients.Start();
  for (int i = 0; i < 40; ++i) {
    gateway.LoseAnswers(
        1, MakeError(absl::StatusCode::kUnknown, v1::OPERATION_UNKNOWN, "nobody can tell"));
    absl::SleepFor(absl::Milliseconds(10));
  }
  clients.Stop();
  const Verdict verdict = Judge(clients.history().ByKey(), {0, 0, 0, 0});
  std::printf("%s\n", verdict.Summary().c_str());
  EXPECT_TRUE(verdict.good()) << absl::StrJoin(verdict.findings, "");
  EXPECT_GT(verdict.open, 0u);
}

TEST(RegisterClients, TwoGatewaysThatDoNotAgreeAreFound) {
  FakeGateway one, other;
  one.AddBucket("register");
  other.AddBucket("register");
  RegisterClients clients(ClientOptions({one.endpoint(), other.endpoint()}));
  RunFor(clients, 400);
  const Verdict verdict = Judge(clients.history().ByKey());
  EXPECT_GT(verdict.illegal, 0u) << verdict.Summary();
  ASSERT_THAT(verdict.findings, Not(IsEmpty()));
  std::printf("%s", verdict.findings[0].c_str());
}

TEST(RegisterClients, WrongBytesAreFound) {
  FakeGateway gateway;
  gateway.AddBucket("register");
  RegisterClients clients(ClientOptions({gateway.endpoint()}));
  gateway.CorruptGets();
  RunFor(clients, 200);
  EXPECT_THAT(clients.violations(), Contains(HasSubstr("DATA_LOSS")));
  EXPECT_FALSE(Judge(clients.history().ByKey()).good()) << "nothing could be read";
}

/// A ledger of some writes to a gateway, which is then changed behind its back.
class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() : load_({.endpoints = {gateway_.endpoint()}, .seed = 4, .max_size = 2000}) {
    gateway_.AddBucket("load");
    load_.Start();
    EXPECT_TRUE(load_.AwaitWrites(400, kPatience));
    load_.Stop();
    EXPECT_EQ(load_.Verify(Client()), kKeys) << "four workers with sixty keys each";
    EXPECT_EQ(load_.losses().all(), 0u) << ::testing::PrintToString(load_.violations());
  }

  client::Client Client() { return *client::Client::Create({.endpoint = gateway_.endpoint()}); }
  /// One that is there.
  std::string Key() { return gateway_.Keys("load").front(); }
  void Verify() { EXPECT_EQ(load_.Verify(Client()), kKeys); }

  static constexpr size_t kKeys = 240;
  FakeGateway gateway_;
  Load load_;
};

TEST_F(LedgerTest, AKeyThatIsGoneIsLost) {
  ASSERT_TRUE(Client().DeleteObject("load", Key()).ok());
  Verify();
  EXPECT_EQ(load_.losses().lost, 1u);
  EXPECT_EQ(load_.losses().all(), 1u);
  EXPECT_THAT(load_.violations(), ElementsAre(HasSubstr("LOST")));
}

TEST_F(LedgerTest, OtherBytesAreCorrupt) {
  gateway_.AddObject("load", Key(), "bytes that nobody put there");
  Verify();
  EXPECT_EQ(load_.losses().corrupt, 1u);
  EXPECT_EQ(load_.losses().all(), 1u);
  EXPECT_THAT(load_.violations(), ElementsAre(HasSubstr("CORRUPT")));
}

TEST_F(LedgerTest, WhatWasDeletedOrReplacedAndIsThereAgainIsTold) {
  // What is there now, and goes on to be replaced or deleted by a second round.
  std::map<std::string, std::string> before;
  for (const std::string& key : gateway_.Keys("load")) before[key] = gateway_.DataOf("load", key);
  load_.Start();
  ASSERT_TRUE(load_.AwaitWrites(1000, kPatience));
  load_.Stop();
  uint64_t deleted = 0, replaced = 0;
  for (const auto& [key, bytes] : before) {
    const bool there = gateway_.HasObject("load", key);
    if (there && gateway_.DataOf("load", key) == bytes) continue;
    gateway_.AddObject("load", key, bytes);
    ++(there ? replaced : deleted);
  }
  ASSERT_GT(deleted, 0u);
  ASSERT_GT(replaced, 0u);
  Verify();
  EXPECT_EQ(load_.losses().undeleted, deleted);
  EXPECT_EQ(load_.losses().lost, replaced);
  EXPECT_EQ(load_.losses().all(), deleted + replaced);
}

TEST_F(LedgerTest, WhatCannotBeReadIsCounted) {
  gateway_.FailNext(1, absl::PermissionDeniedError("no"));
  Verify();
  EXPECT_EQ(load_.losses().unreadable, 1u);
  EXPECT_EQ(load_.losses().all(), 1u);
}

TEST(NemesisPlan, ASeedMakesTheSamePlan) {
  const NemesisPlan::Options options{.seed = TestSeed(), .faults = *ParseFaults("all")};
  NemesisPlan one(options), other(options);
  for (int i = 0; i < 100; ++i) {
    const Action a = one.Next(), b = other.Next();
    EXPECT_EQ(a.fault, b.fault);
    EXPECT_EQ(a.targets, b.targets);
    EXPECT_EQ(a.quiet, b.quiet);
    EXPECT_EQ(a.lasts, b.lasts);
  }
}

TEST(NemesisPlan, EveryFaultHasItsTurnInEachRoundOnProcessesThatExist) {
  const std::vector<Fault> faults = *ParseFaults("all,corrupt");
  NemesisPlan plan({.seed = TestSeed(), .faults = faults, .nodes = 4, .gateways = 2});
  std::set<std::string> struck;
  for (int round = 0; round < 20; ++round) {
    std::set<Fault> seen;
    for (size_t i = 0; i < faults.size(); ++i) {
      const Action action = plan.Next();
      seen.insert(action.fault);
      for (const std::string& name : action.targets) {
        EXPECT_THAT(name, AnyOf("metadata-0", "storage-0", "storage-1", "storage-2", "storage-3",
                                "gateway-0", "gateway-1"));
        struck.insert(name);
      }
      EXPECT_GE(action.lasts, absl::Milliseconds(300));
      if (action.fault == Fault::kKillTwo) EXPECT_NE(action.targets[0], action.targets[1]);
      EXPECT_EQ(action.targets.empty(), action.fault == Fault::kKillAll);
    }
    EXPECT_THAT(seen, SizeIs(faults.size()));
  }
  EXPECT_THAT(struck, SizeIs(7));
}

TEST(NemesisPlan, NamesAndGroupsAreFaults) {
  EXPECT_THAT(*ParseFaults("kill-node,cut-node"), ElementsAre(Fault::kKillNode, Fault::kCutNode));
  EXPECT_THAT(*ParseFaults("kill"), SizeIs(5));
  EXPECT_THAT(*ParseFaults("pause,pause-node"), SizeIs(3));
  EXPECT_THAT(*ParseFaults("all"), Not(Contains(Fault::kCorrupt)));
  const std::vector<Fault> every = *ParseFaults("all,corrupt");
  for (const Fault fault : every) {
    EXPECT_THAT(*ParseFaults(NameOf(fault)), ElementsAre(fault));
    EXPECT_THAT(AllNames(), HasSubstr(NameOf(fault)));
  }
  const auto unknown = ParseFaults("kill-node,earthquake");
  EXPECT_THAT(std::string(unknown.status().message()),
              ::testing::AllOf(HasSubstr("'earthquake'"), HasSubstr("cut-node")));
  EXPECT_FALSE(ParseFaults("").ok());
}

}  // namespace
}  // namespace trebol::torture
