#include "tests/linearizability/history.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol::linearizability {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(History, WhatDoesNotEndIsOpen) {
  History history;
  const auto ticket = history.Begin("key", {.kind = Kind::kPut, .value = 5});
  const Operation open = history.ByKey().at("key").at(0);
  EXPECT_TRUE(open.IsOpen());
  EXPECT_EQ(open.returned, kNever);
  history.End(ticket, Outcome::kDone, kAbsent, false, "");
  const Operation done = history.ByKey().at("key").at(0);
  EXPECT_EQ(done.outcome, Outcome::kDone);
  EXPECT_EQ(done.value, 5u) << "of a put it is what was sent";
  EXPECT_LE(done.invoked, done.returned);
}

TEST(History, AnAmbiguousAnswerIsNone) {
  History history;
  const auto ticket = history.Begin("key", {.kind = Kind::kDelete});
  history.End(ticket, Outcome::kUnknown, kAbsent, false, "timeout");
  const Operation open = history.ByKey().at("key").at(0);
  EXPECT_EQ(open.returned, kNever);
  EXPECT_EQ(open.note, "timeout");
}

TEST(History, ManyClientsKeepTheirOperationsApart) {
  History history;
  std::vector<std::thread> threads;
  for (int client = 0; client < 4; ++client) {
    threads.emplace_back([&history, client] {
      for (int i = 0; i < 500; ++i) {
        const Value value = history.NewValue();
        const auto ticket =
            history.Begin("key", {.kind = Kind::kPut, .value = value, .client = client});
        history.End(ticket, Outcome::kDone, kAbsent, false, std::to_string(value));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto operations = history.ByKey().at("key");
  ASSERT_THAT(operations, SizeIs(2000));
  for (const Operation& operation : operations) {
    EXPECT_EQ(operation.note, std::to_string(operation.value));
  }
}

TEST(History, AValueHasOneEtagAndAnEtagOneValue) {
  History history;
  history.Identified("a", 1, "x");
  history.Identified("a", 1, "x");
  history.Identified("b", 2, "y");
  EXPECT_THAT(history.Conflicts(), IsEmpty());
  history.Identified("a", 1, "z");
  history.Identified("b", 3, "y");
  ASSERT_THAT(history.Conflicts(), SizeIs(2));
  EXPECT_THAT(history.Conflicts()[0], HasSubstr("v1 has etag z, before it had x"));
  EXPECT_THAT(history.Conflicts()[1], HasSubstr("the etag was that of v2"));
}

}  // namespace
}  // namespace trebol::linearizability
