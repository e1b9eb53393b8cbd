#include "common/rpc/batch_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "common/base/error.h"
#include "common/rpc/serve.h"
#include "tests/testing/seed.h"
#include "trebol/v1/batch.pb.h"

namespace trebol {
namespace {

const std::vector<BatchedCall> kCalls = {{"trace", Bytes("first")},
                                         {"", Bytes()},
                                         {"", Bytes(std::string(300, 'x'))},
                                         {"t", Bytes(std::string(70'000, 'y'))}};

TEST(BatchCodec, CallsArriveAsTheyWereSent) {
  const auto calls = DecodeCalls(EncodeCalls(kCalls));
  ASSERT_TRUE(calls.ok()) << calls.status();
  ASSERT_EQ(calls->size(), kCalls.size());
  for (size_t i = 0; i < kCalls.size(); ++i) {
    EXPECT_EQ((*calls)[i].trace_parent, kCalls[i].trace_parent);
    EXPECT_EQ((*calls)[i].request, kCalls[i].request);
  }
}

TEST(BatchCodec, IsTheOrdinaryEncoding) {
  v1::Batch batch;
  ASSERT_TRUE(batch.ParseFromString(std::string(EncodeCalls(kCalls))));
  ASSERT_EQ(batch.calls_size(), 4);
  EXPECT_EQ(batch.calls(0).trace_parent(), "trace");
  EXPECT_EQ(batch.calls(3).request(), std::string(70'000, 'y'));
  const auto calls = DecodeCalls(Bytes(batch.SerializeAsString()));
  ASSERT_TRUE(calls.ok());
  EXPECT_EQ(calls->size(), 4u);
  EXPECT_EQ(calls->at(2).request, std::string(300, 'x'));

  v1::BatchAnswer answer;
  answer.add_answers()->set_response("yes");
  answer.add_answers()->set_left_out(true);
  const auto answers = DecodeAnswers(Bytes(answer.SerializeAsString()), 2);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ(**answers->at(0), "yes");
  EXPECT_FALSE(answers->at(1).has_value());
}

TEST(BatchCodec, AnswersArriveWithTheirFailures) {
  const absl::Status stale =
      MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH, "old", "attachment");
  const std::vector<BatchedAnswer> sent = {absl::StatusOr<Bytes>(Bytes("yes")),
                                           absl::StatusOr<Bytes>(stale), std::nullopt,
                                           absl::StatusOr<Bytes>(Bytes())};
  const auto answers = DecodeAnswers(EncodeAnswers(sent), 4);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ(**answers->at(0), "yes");
  EXPECT_EQ(answers->at(1)->status(), stale);
  EXPECT_EQ(AttachmentOf(answers->at(1)->status()), "attachment");
  EXPECT_FALSE(answers->at(2).has_value());
  EXPECT_EQ(**answers->at(3), "");
}

TEST(BatchCodec, RefusesWhatIsNoBatch) {
  const std::string good(EncodeCalls(kCalls));
  for (const std::string& bad :
       {std::string(), std::string("\x0a"), std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        std::string("\x12\x00", 2), good.substr(0, good.size() - 1), good + "\x0a\x05",
        std::string("\x0a\x02\x0a\x09", 4)}) {
    EXPECT_EQ(ReasonOf(DecodeCalls(Bytes(bad)).status()), v1::INVALID_ARGUMENT) << bad.size();
  }
  EXPECT_TRUE(DecodeCalls(EncodeCalls(std::vector<BatchedCall>(kMaxCallsOfBatch))).ok());
  EXPECT_FALSE(DecodeCalls(EncodeCalls(std::vector<BatchedCall>(kMaxCallsOfBatch + 1))).ok());

  const Bytes one = EncodeAnswers(std::vector<BatchedAnswer>(1));
  EXPECT_TRUE(absl::IsInternal(DecodeAnswers(one, 2).status()));
  EXPECT_TRUE(absl::IsInternal(DecodeAnswers(Bytes("\x0a\x05"), 1).status()));
  v1::BatchAnswer unreadable;
  unreadable.add_answers()->set_failure("no status");
  const auto answers = DecodeAnswers(Bytes(unreadable.SerializeAsString()), 1);
  ASSERT_TRUE(answers.ok());
  EXPECT_TRUE(absl::IsInternal(answers->front()->status()));
}

TEST(BatchCodec, AnswersOfABatchStayBelowAMessageOrAreOne) {
  const std::vector<BatchedCall> calls(4);
  int executed = 0;
  const auto answer = [&](const std::vector<size_t>& sizes) {
    executed = 0;
    std::vector<BatchedAnswer> answers(calls.size());
    const auto read = [&](const Bytes&) -> absl::StatusOr<Bytes> {
      return Bytes(std::string(sizes.at(executed++), 'x'));
    };
    AnswerRest(calls, read, &answers);
    std::vector<bool> given;
    for (const BatchedAnswer& one : answers) given.push_back(one.has_value());
    return given;
  };
  const size_t half = kMostBytesOfAnswers / 2;
  EXPECT_EQ(answer({half, half, 0, 1}), (std::vector<bool>{true, true, true, false}));
  EXPECT_EQ(answer({1, kMostBytesOfAnswers}), (std::vector<bool>{true, false, false, false}));
  EXPECT_EQ(executed, 2);  // nothing is read in vain behind it
  EXPECT_EQ(answer({kMostBytesOfAnswers + 1, 1}), (std::vector<bool>{true, false, false, false}));

  std::vector<BatchedAnswer> failures(calls.size());
  AnswerRest(calls, [](const Bytes&) { return absl::NotFoundError("no"); }, &failures);
  for (const BatchedAnswer& one : failures) EXPECT_TRUE(absl::IsNotFound(one->status()));
}

TEST(BatchCodec, WhatCannotBeAnsweredQuicklyIsLeftToTheRest) {
  std::vector<BatchedCall> calls(100);
  for (size_t i = 0; i < calls.size(); ++i) calls[i].request = Bytes(absl::StrCat(i));
  const auto quick = [](const Bytes& request) -> std::optional<absl::StatusOr<Bytes>> {
    if (request == "3") return absl::NotFoundError("no");
    if (request == "5") return std::nullopt;
    return Bytes(absl::StrCat("quick ", std::string(request)));
  };
  auto answers = AnswerQuickly(calls, quick);
  ASSERT_EQ(answers.size(), calls.size());
  EXPECT_EQ(**answers[4], "quick 4");
  EXPECT_TRUE(absl::IsNotFound(answers[3]->status()));
  EXPECT_FALSE(answers[5].has_value());
  EXPECT_EQ(**answers[6], "quick 6");
  EXPECT_FALSE(answers.back().has_value()) << "gRPC's thread has other calls";
  const auto read = [](const Bytes& request) -> absl::StatusOr<Bytes> {
    return Bytes(absl::StrCat("slow ", std::string(request)));
  };
  AnswerRest(calls, read, &answers);
  EXPECT_EQ(**answers[4], "quick 4");
  EXPECT_TRUE(absl::IsNotFound(answers[3]->status()));
  EXPECT_EQ(**answers[5], "slow 5");
  EXPECT_EQ(**answers.back(), "slow 99");

  // What was quick counts towards what fits.
  const Bytes large(std::string(kMostBytesOfAnswers / 2, 'x'));
  answers.assign(calls.size(), std::nullopt);
  answers[1] = large;
  AnswerRest(calls, [&](const Bytes&) { return large; }, &answers);
  EXPECT_TRUE(answers[0].has_value());
  EXPECT_TRUE(answers[1].has_value());
  EXPECT_FALSE(answers[2].has_value());
}

TEST(BatchCodec, QuickAnswersOfABatchAreFewBytes) {
  const std::vector<BatchedCall> calls(30);
  const Bytes part(std::string(64 * kKiB, 'x'));
  const auto answers = AnswerQuickly(calls, [&](const Bytes&) { return part; });
  EXPECT_EQ(std::count_if(answers.begin(), answers.end(),
                          [](const BatchedAnswer& one) { return one.has_value(); }),
            4);
}

TEST(BatchCodec, SurvivesAnyBytes) {
  const uint64_t seed = TestSeed();
  std::mt19937_64 random(seed);
  const std::string good(EncodeCalls(kCalls));
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = good.substr(0, random() % 400);
    for (int j = 0; j < 4 && !bytes.empty(); ++j) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    (void)DecodeCalls(Bytes(bytes));  // whatever it says, it says it
    (void)DecodeAnswers(Bytes(bytes), 1);
  }
}

}  // namespace
}  // namespace trebol
