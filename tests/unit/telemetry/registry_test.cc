#include "common/telemetry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/telemetry/process_metrics.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

double ValueOf(const Registry& registry, const std::string& series) {
  const std::vector<std::string> lines = absl::StrSplit(registry.Render(), '\n');
  for (const std::string& line : lines) {
    double value = 0;
    if (absl::StartsWith(line, series + " ") &&
        absl::SimpleAtod(line.substr(series.size() + 1), &value)) {
      return value;
    }
  }
  ADD_FAILURE() << series << " is not in\n" << registry.Render();
  return NAN;
}

TEST(Registry, RendersEachKind) {
  Registry registry;
  registry.AddCounter("trebol_test_calls_total", "Calls.", {{"method", "put"}}).Add(3);
  registry.AddGauge("trebol_test_queue_length", "Waiting.").Set(2.5);
  Histogram& histogram =
      registry.AddHistogram("trebol_test_call_seconds", "Time of a call.", {0.1, 1});
  histogram.Observe(0.1);
  histogram.Observe(absl::Milliseconds(500));
  histogram.Observe(7);
  EXPECT_EQ(registry.Render(), R"(# HELP trebol_test_call_seconds Time of a call.
# TYPE trebol_test_call_seconds histogram
trebol_test_call_seconds_count 3
trebol_test_call_seconds_sum 7.6
trebol_test_call_seconds_bucket{le="0.1"} 1
trebol_test_call_seconds_bucket{le="1"} 2
trebol_test_call_seconds_bucket{le="+Inf"} 3
# HELP trebol_test_calls_total Calls.
# TYPE trebol_test_calls_total counter
trebol_test_calls_total{method="put"} 3
# HELP trebol_test_queue_length Waiting.
# TYPE trebol_test_queue_length gauge
trebol_test_queue_length 2.5
)");
}

TEST(Registry, GivesTheSameMetricForTheSameLabels) {
  Registry registry;
  Counter& one = registry.AddCounter("trebol_test_calls_total", "Calls.", {{"method", "put"}});
  Counter& two = registry.AddCounter("trebol_test_calls_total", "Calls.", {{"method", "get"}});
  EXPECT_EQ(&one, &registry.AddCounter("trebol_test_calls_total", "Calls.", {{"method", "put"}}));
  EXPECT_NE(&one, &two);
}

TEST(Registry, EscapesLabelValues) {
  Registry registry;
  registry.AddCounter("trebol_test_calls_total", "Calls.", {{"zone", "a\"b\\c\nd"}}).Add();
  EXPECT_THAT(registry.Render(), HasSubstr("{zone=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(Registry, AsksCallbacksUntilTheyAreGone) {
  Registry registry;
  double now = 4;
  {
    Registry::Registration registration = registry.AddCallback(
        Registry::Kind::kGauge, "trebol_test_open_sessions", "Open.", {}, [&] { return now; });
    EXPECT_EQ(ValueOf(registry, "trebol_test_open_sessions"), 4);
    now = 5;
    EXPECT_EQ(ValueOf(registry, "trebol_test_open_sessions"), 5);
    Registry::Registration moved = std::move(registration);
    EXPECT_EQ(ValueOf(registry, "trebol_test_open_sessions"), 5);
  }
  EXPECT_THAT(registry.Render(), Not(HasSubstr("trebol_test_open_sessions")));
  // The place is free again.
  const auto again = registry.AddCallback(Registry::Kind::kGauge, "trebol_test_open_sessions",
                                          "Open.", {}, [] { return 1.0; });
  EXPECT_EQ(ValueOf(registry, "trebol_test_open_sessions"), 1);
}

TEST(RegistryDeathTest, OurOwnMistakesEndTheProcess) {
  Registry registry;
  registry.AddGauge("trebol_test_queue_length", "Waiting.");
  EXPECT_DEATH(registry.AddCounter("trebol_test_calls", "Calls."), "check.*failed|IsMetricName");
  EXPECT_DEATH(registry.AddGauge("trebol_test_calls_total", "Calls."), "IsMetricName");
  EXPECT_DEATH(registry.AddGauge("queue_length", "Waiting."), "IsMetricName");
  EXPECT_DEATH(registry.AddGauge("trebol_Queue", "Waiting."), "IsMetricName");
  EXPECT_DEATH(registry.AddHistogram("trebol_test_queue_length", "Waiting."), "type");
  EXPECT_DEATH(registry.AddGauge("trebol_test_length", "", {{"a-b", "c"}}), "IsName");
  EXPECT_DEATH(registry.AddHistogram("trebol_test_seconds", "", {2, 1}), "bounds_");
}

TEST(Histogram, LosesNothingUnderManyThreads) {
  Histogram histogram(DurationBuckets());
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10000; ++i) histogram.Observe(i % 2 == 0 ? 0.5 : 100.0);
      });
    }
  }
  const std::vector<uint64_t> counts = histogram.Counts();
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), uint64_t{0}), 40000u);
  EXPECT_EQ(counts.back(), 20000u);
  EXPECT_EQ(histogram.sum(), 20000 * 100.5);
}

TEST(ProcessMetrics, TellTheTruth) {
  Registry registry;
  const ProcessMetrics process(registry);
  EXPECT_GT(ValueOf(registry, "process_resident_memory_bytes"), 1e6);
  EXPECT_GE(ValueOf(registry, "process_cpu_seconds_total"), 0);
  EXPECT_GT(ValueOf(registry, "process_max_fds"), 3);
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  const double started = ValueOf(registry, "process_start_time_seconds");
  EXPECT_LT(started, now + 5);
  EXPECT_GT(started, now - 3600);

  const double open = ValueOf(registry, "process_open_fds");
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  EXPECT_EQ(ValueOf(registry, "process_open_fds"), open + 2);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

}  // namespace
}  // namespace trebol
