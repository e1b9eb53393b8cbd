// The rows of ./dev bench, and a tiny dose of the whole on real processes, so that it never rots.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/bench/load_meter.h"
#include "tests/bench/rows.h"

namespace trebol::bench {
namespace {

using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

Row Only(const Results& results) {
  const std::vector<Row> rows = results.Rows();
  EXPECT_THAT(rows, SizeIs(1));
  return rows.empty() ? Row() : rows.front();
}

TEST(BenchRows, RatioIsTheShareOfTheLimitThatIsReached) {
  Results rate, cpu;
  rate.Add("put", "mb_per_s", Side::kRaw, 800);
  rate.Add("put", "mb_per_s", Side::kTrebol, 400);
  EXPECT_EQ(Only(rate).ratio(), 0.5);
  cpu.Add("put", "cpu_s_per_gb", Side::kRaw, 2);
  cpu.Add("put", "cpu_s_per_gb", Side::kTrebol, 8);
  EXPECT_EQ(Only(cpu).ratio(), 0.25);
}

TEST(BenchRows, HaveNoRatioWhereThereIsNoLimit) {
  Results results;
  results.Add("memory-idle", "rss_mib", Side::kTrebol, 100);
  EXPECT_EQ(Only(results).ratio(), std::nullopt);
  const auto json = nlohmann::json::parse(ToJson(results.Rows()));
  EXPECT_TRUE(json["rows"][0]["raw"].is_null());
  EXPECT_TRUE(json["rows"][0]["ratio"].is_null());
  EXPECT_EQ(json["rows"][0]["trebol"], 100);
}

TEST(BenchRows, AreMediansOfTheRounds) {
  Results results;
  for (const double value : {900., 1., 3.}) results.Add("x", "p50_ms", Side::kTrebol, value);
  EXPECT_EQ(Only(results).trebol, 3);
  results.Add("x", "p50_ms", Side::kTrebol, 5);
  EXPECT_EQ(Only(results).trebol, 4);
}

TEST(BenchRows, CountCpuOfClientAndServers) {
  Results results;
  results.AddLoad("put", Side::kRaw,
                  {.operations = 10,
                   .bytes = 2'000'000'000,
                   .seconds = 4,
                   .client_cpu_seconds = 1,
                   .server_cpu_seconds = 5});
  std::map<std::string, std::optional<double>> raw;
  for (const Row& row : results.Rows()) raw[row.metric] = row.raw;
  EXPECT_EQ(raw["cpu_s_per_gb"], 3);
  EXPECT_EQ(raw["mb_per_s"], 500);
  EXPECT_EQ(raw["ops_per_s"], 2.5);
}

TEST(BenchRows, AreComparedWithGoals) {
  Results results;
  results.Add("copy-10GiB", "p99_ms", Side::kTrebol, 11);
  results.Add("memory-idle", "rss_mib", Side::kTrebol, 149);
  results.Add("memory-idle-gateway-0", "rss_mib", Side::kTrebol, 151);
  const std::string lines = CompareWithGoals(results.Rows());
  EXPECT_THAT(lines, HasSubstr("MISSED   copy-10GiB"));
  EXPECT_THAT(lines, HasSubstr("reached  memory-idle"));
  EXPECT_THAT(lines, Not(HasSubstr("gateway-0")));
}

TEST(LoadMeter, EveryClientBeginsOnceWhateverTheLimits) {
  const auto report = RunThreads({.clients = 3, .seconds = 0, .most_bytes = 1, .processes = {}}, 10,
                                 [](int, uint64_t) -> absl::StatusOr<uint64_t> { return 10; });
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->operations, 3);
  EXPECT_EQ(report->bytes, 30);
}

TEST(LoadMeter, AnErrorIsTheResult) {
  const auto report = RunThreads({.clients = 2, .seconds = 60, .processes = {}}, 1,
                                 [](int client, uint64_t) -> absl::StatusOr<uint64_t> {
                                   if (client == 1) return absl::DataLossError("gone");
                                   return 1;
                                 });
  EXPECT_TRUE(absl::IsDataLoss(report.status()));
}

TEST(Quantile, IsOneOfTheValues) {
  EXPECT_EQ(Quantile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(Quantile({3, 1, 2}, 0.99), 3);
  EXPECT_EQ(Quantile({}, 0.5), 0);
}

TEST(ClusterBench, ATinyDoseFillsEveryKindOfRow) {
  // Beside the programs: what is in memory has no bytes that go to a disk.
  const std::filesystem::path directory =
      std::filesystem::path(TREBOL_CLUSTER_BENCH).parent_path().parent_path() / "bench-test";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const std::string json_file = directory / "rows.json";
  const std::string command = absl::StrCat("'", TREBOL_CLUSTER_BENCH, "' --smoke --json '",
                                           json_file, "' --dir '", directory.string(), "' >&2");
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(json_file);
  const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(json.is_object());
  std::set<std::string> seen;
  for (const auto& row : json["rows"]) {
    const std::string name = row["name"], metric = row["metric"];
    seen.insert(absl::StrCat(name, " ", metric));
    ASSERT_TRUE(row["trebol"].is_number()) << row;
    EXPECT_GT(row["trebol"].get<double>(), 0) << row;
    ASSERT_TRUE(row.contains("raw") && row.contains("ratio")) << row;
    EXPECT_EQ(row["raw"].is_null(), row["ratio"].is_null()) << row;
    if (row["raw"].is_null()) continue;
    const double raw = row["raw"], trebol = row["trebol"], ratio = row["ratio"];
    const bool rate = metric == "mb_per_s" || metric == "ops_per_s";
    EXPECT_THAT(ratio, DoubleNear(rate ? trebol / raw : raw / trebol, 1e-6)) << row;
  }
  EXPECT_THAT(seen, IsSupersetOf(
                        {"put-4KiB-c32 cpu_s_per_gb", "put-1MiB-c8 mb_per_s", "put-64MiB-c1 p99_ms",
                         "get-4KiB-c32 ops_per_s", "get-64MiB-c1 cpu_s_per_gb",
                         "disk-1MiB disk_bytes_per_byte", "list-500 ops_per_s", "copy-5MiB p99_ms",
                         "complete-20 p50_ms", "others-complete-20 p99_ms", "memory-idle rss_mib",
                         "memory-idle pss_mib", "memory-loaded pss_mib",
                         "memory-idle-gateway-0 rss_mib", "memory-loaded-storage-2 rss_mib"}));
  // Nothing stays behind.
  std::filesystem::remove(json_file);
  EXPECT_TRUE(std::filesystem::is_empty(directory));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace trebol::bench
