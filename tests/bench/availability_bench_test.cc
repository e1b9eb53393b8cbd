// What ./dev bench availability makes of its samples, and a few seconds of the whole on real
// processes, so that it never rots.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/bench/fault_rows.h"
#include "tests/bench/gateway_counters.h"
#include "tests/bench/timeline.h"
#include "tests/testing/temporary_directory.h"

namespace trebol::bench {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::Optional;

constexpr int64_t kMs = 1000, kSecond = 1'000'000;

/// A read and a write every 5 ms, from `from_s` to `to_s`, which take so long.
void AddSteady(std::vector<Sample>& samples, double from_s, double to_s, int64_t took_us,
               Outcome outcome = Outcome::kDone) {
  for (auto due = static_cast<int64_t>(from_s * kSecond); due < to_s * kSecond; due += 5 * kMs) {
    for (const Operation operation : {Operation::kGetSmall, Operation::kPutLarge}) {
      samples.push_back({operation, outcome, due, due + took_us});
    }
  }
}

constexpr Span kHealthy{0, 10 * kSecond}, kFault{10 * kSecond, 20 * kSecond};

TEST(Timeline, IsBackWhenTheWindowsThatFollowAreAsQuickAsTheHealthyTwin) {
  std::vector<Sample> samples;
  AddSteady(samples, 0, 10, 4 * kMs);
  AddSteady(samples, 10, 13, 40 * kMs);
  AddSteady(samples, 13, 20, 5 * kMs);
  const Timeline timeline(samples);
  EXPECT_THAT(timeline.SecondsUntilBack(kHealthy, kFault, 1.5), Optional(DoubleNear(3, 0.01)));
  EXPECT_EQ(timeline.SecondsUntilBack(kHealthy, kFault, 1.1), std::nullopt);
  EXPECT_THAT(timeline.ShareOfWindowsAbove(kHealthy, kFault, 1.5), DoubleNear(0.3, 0.01));
}

TEST(Timeline, TakesALuckyWindowForNothing) {
  std::vector<Sample> samples;
  AddSteady(samples, 0, 10, 4 * kMs);
  AddSteady(samples, 10, 11, 40 * kMs);
  AddSteady(samples, 11, 11.5, 4 * kMs);
  AddSteady(samples, 11.5, 15, 40 * kMs);
  AddSteady(samples, 15, 20, 4 * kMs);
  EXPECT_THAT(Timeline(samples).SecondsUntilBack(kHealthy, kFault, 1.5),
              Optional(DoubleNear(5, 0.01)));
}

TEST(Timeline, LooksAtReadsAndWritesApart) {
  // Writes are slow by nature; reads that become as slow as those are not hidden by them.
  std::vector<Sample> samples;
  for (int64_t due = 0; due < 20 * kSecond; due += 5 * kMs) {
    const int64_t read = due < 10 * kSecond ? 2 * kMs : 30 * kMs;
    samples.push_back({Operation::kGetSmall, Outcome::kDone, due, due + read});
    samples.push_back({Operation::kPutSmall, Outcome::kDone, due, due + 30 * kMs});
  }
  const Timeline timeline(samples);
  EXPECT_EQ(timeline.SecondsUntilBack(kHealthy, kFault, 1.5), std::nullopt);
  EXPECT_EQ(timeline.Quantile(kFault, Which::kReads, 0.99), 30);
  EXPECT_EQ(timeline.Quantile(kHealthy, Which::kReads, 0.99), 2);
}

TEST(Timeline, IsNotBackWhileOperationsFailHoweverQuickly) {
  std::vector<Sample> samples;
  AddSteady(samples, 0, 10, 4 * kMs);
  AddSteady(samples, 10, 14, 1 * kMs, Outcome::kFailed);
  AddSteady(samples, 14, 20, 4 * kMs);
  const Timeline timeline(samples);
  EXPECT_THAT(timeline.SecondsUntilBack(kHealthy, kFault, 1.5), Optional(DoubleNear(4, 0.01)));
  EXPECT_EQ(timeline.Count(kFault, Outcome::kFailed), 1600u);
  EXPECT_EQ(timeline.Count(kHealthy, Outcome::kFailed), 0u);
}

TEST(Timeline, ChargesAStallToAllThatItHeldUp) {
  // A server that stops for a second: what was due meanwhile ends together, and most of it was
  // begun only then.
  std::vector<Sample> samples;
  for (int64_t due = 0; due < kSecond; due += 10 * kMs) {
    samples.push_back({Operation::kGetSmall, Outcome::kDone, due, kSecond});
  }
  EXPECT_NEAR(Timeline(samples).Quantile({0, kSecond}, Which::kAll, 0.5), 500, 20);
}

TEST(Timeline, GoodIsWhatEndsWellAndInTime) {
  std::vector<Sample> samples;
  AddSteady(samples, 0, 2, 4 * kMs, Outcome::kFailed);
  AddSteady(samples, 2, 4, 2 * kSecond);
  AddSteady(samples, 4, 10, 4 * kMs);
  const Timeline timeline(samples);
  EXPECT_EQ(timeline.GoodPerSecond({0, 2 * kSecond}, 1000), 0);
  EXPECT_EQ(timeline.GoodPerSecond({2 * kSecond, 4 * kSecond}, 1000), 0);
  EXPECT_EQ(timeline.GoodPerSecond({4 * kSecond, 10 * kSecond}, 1000), 400);
  EXPECT_THAT(timeline.SecondsUntilGood({0, 10 * kSecond}, 0.95, 1000), Optional(4));
  EXPECT_EQ(timeline.SecondsUntilGood({0, 6 * kSecond}, 0.95, 1000), std::nullopt);
}

TEST(Timeline, CountsWhatEndsInASpanWhereverItWasDue) {
  const Timeline timeline({{Operation::kGetSmall, Outcome::kDone, 1, 15},
                           {Operation::kGetSmall, Outcome::kFailed, 12, 19},
                           {Operation::kGetSmall, Outcome::kNotBegun, 12, 18},
                           {Operation::kGetSmall, Outcome::kDone, 12, 25}});
  EXPECT_EQ(timeline.CountEnded({10, 20}), 2u);
}

TEST(Samples, ComeBackFromTheirFile) {
  const testing::TemporaryDirectory directory;
  const std::string path = directory.path() + "/samples";
  ASSERT_TRUE(WriteSamples(path, {{Operation::kPutLarge, Outcome::kNotBegun, 5, 70}}).ok());
  const auto read = ReadSamples(path);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->front().operation, Operation::kPutLarge);
  EXPECT_EQ(read->front().outcome, Outcome::kNotBegun);
  EXPECT_EQ(read->front().took_ms(), 0.065);

  std::ofstream(path, std::ios::app) << "1 9 0 0\n";
  EXPECT_THAT(std::string(ReadSamples(path).status().message()), HasSubstr("line 2"));
  EXPECT_TRUE(absl::IsNotFound(ReadSamples(path + "x").status()));
}

TEST(FaultRows, AreMediansAndTheWorstOfWhatFailed) {
  FaultResults results;
  for (const double value : {4., 1., kDidNotCome}) {
    results.Add("kill", "back_s", Phase::kFault, value);
  }
  for (const double value : {0., 1., 0.}) {
    results.Add("kill", "failed_operations", Phase::kFault, value);
  }
  const std::vector<FaultRow> rows = results.Rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].fault, 4);
  EXPECT_FALSE(rows[0].Reached());
  EXPECT_EQ(rows[1].fault, 1);
  EXPECT_FALSE(rows[1].Reached());
}

TEST(FaultRows, AreJudgedBesideTheHealthyTwin) {
  FaultResults results;
  results.Add("slow-disk", "read_p99_ms", Phase::kHealthy, 10);
  results.Add("slow-disk", "read_p99_ms", Phase::kFault, 30);
  results.Add("slow-disk", "ops_per_s", Phase::kHealthy, 100);
  results.Add("slow-disk", "ops_per_s", Phase::kFault, 69);
  results.Add("slow-disk", "write_p99_ms", Phase::kFault, 69);
  const std::vector<FaultRow> rows = results.Rows();
  EXPECT_TRUE(rows[0].Reached());
  EXPECT_FALSE(rows[1].Reached());
  EXPECT_THAT(FaultRowsToTable(rows), AllOf(HasSubstr("PASS   wanted at most 3 x healthy"),
                                            HasSubstr("MISSED wanted at least 0.7 x healthy")));
  const auto json = nlohmann::json::parse(FaultRowsToJson(rows))["rows"];
  EXPECT_EQ(json[0]["verdict"], "PASS");
  EXPECT_EQ(json[1]["verdict"], "MISSED");
  EXPECT_TRUE(json[2]["verdict"].is_null());
  EXPECT_TRUE(json[2]["healthy"].is_null());
}

TEST(FaultRows, SayWhatDidNotCome) {
  FaultResults results;
  results.Add("stop", "back_s", Phase::kFault, kDidNotCome);
  EXPECT_THAT(FaultRowsToTable(results.Rows()), AllOf(HasSubstr("never"), HasSubstr("MISSED")));
  const auto json = nlohmann::json::parse(FaultRowsToJson(results.Rows()))["rows"][0];
  EXPECT_TRUE(json["fault"].is_null());
  EXPECT_EQ(json["did_not_come"], true);
  EXPECT_EQ(json["verdict"], "MISSED");
}

TEST(GatewayCounters, AreThoseOfPutsAndGets) {
  const auto counters = ParseGatewayCounters(
      "# HELP trebol_gateway_requests_total Requests\n"
      "trebol_gateway_requests_total{code=\"ok\",method=\"PutObject\"} 5\n"
      "trebol_gateway_requests_total{code=\"unavailable\",method=\"PutObject\"} 2\n"
      "trebol_gateway_requests_total{code=\"ok\",method=\"GetObject\"} 11\n"
      "trebol_gateway_requests_total{code=\"ok\",method=\"HeadObject\"} 100\n"
      "trebol_gateway_node_calls_total{method=\"PutChunk\"} 15\n"
      "trebol_gateway_node_calls_total{method=\"GetChunk\"} 12\n"
      "trebol_gateway_node_calls_total{method=\"StatChunk\"} 100\n");
  ASSERT_TRUE(counters.ok());
  EXPECT_EQ(counters->requests, 18u);
  EXPECT_EQ(counters->puts_done, 5u);
  EXPECT_EQ(counters->gets_done, 11u);
  EXPECT_EQ(counters->chunk_puts, 15u);
  EXPECT_EQ(counters->chunk_gets, 12u);
  EXPECT_TRUE(absl::IsInvalidArgument(ParseGatewayCounters("process_open_fds 3\n").status()));
}

TEST(AvailabilityBench, AFewSecondsFillEveryRowAndNothingFailsWhenANodeIsKilled) {
  const std::filesystem::path directory =
      std::filesystem::path(TREBOL_AVAILABILITY_BENCH).parent_path().parent_path() /
      "availability-test";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const std::string json_file = directory / "rows.json";
  const std::string command = absl::StrCat("'", TREBOL_AVAILABILITY_BENCH, "' --smoke --json '",
                                           json_file, "' --dir '", directory.string(), "' >&2");
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(json_file);
  const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(json.is_object());
  std::map<std::string, nlohmann::json> rows;
  for (const auto& row : json["rows"]) {
    rows[absl::StrCat(row["name"].get<std::string>(), " ", row["metric"].get<std::string>())] = row;
  }
  for (const std::string fault : {"kill", "stop", "drop", "slow-disk", "disk-errors"}) {
    for (const std::string verb : {"read", "write"}) {
      const nlohmann::json& row = rows[absl::StrCat(fault, " ", verb, "_p99_ms")];
      ASSERT_TRUE(row.is_object()) << fault << " " << verb;
      EXPECT_GT(row["healthy"].get<double>(), 0) << row;
      EXPECT_GT(row["fault"].get<double>(), 0) << row;
    }
    ASSERT_TRUE(rows[fault + " back_s"].is_object()) << fault;
    EXPECT_NE(rows[fault + " back_s"]["fault"].is_number(),
              rows[fault + " back_s"]["did_not_come"].get<bool>());
  }
  EXPECT_EQ(rows["kill failed_operations"]["fault"], 0);
  EXPECT_EQ(rows["kill failed_operations"]["verdict"], "PASS");
  EXPECT_GT(rows["slow-disk ops_per_s"]["fault"].get<double>(), 0);
  EXPECT_GE(rows["overload attempts_per_request"]["fault"].get<double>(), 0.5);
  EXPECT_GE(rows["overload node_calls_per_copy"]["fault"].get<double>(), 0.5);
  EXPECT_GT(rows["overload good_share"]["healthy"].get<double>(), 0);
  // Nothing stays behind.
  std::filesystem::remove(json_file);
  EXPECT_TRUE(std::filesystem::is_empty(directory));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace trebol::bench
