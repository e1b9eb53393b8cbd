// A tiny dose of ./dev bench s3 on real processes, so that it never rots.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol::bench {
namespace {

using ::testing::IsSupersetOf;

TEST(S3Bench, ATinyDoseFillsEveryKindOfRow) {
  const std::filesystem::path directory =
      std::filesystem::path(TREBOL_S3_BENCH).parent_path().parent_path() / "s3-bench-test";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const std::string json_file = directory / "rows.json";
  const std::string command = absl::StrCat("'", TREBOL_S3_BENCH, "' --smoke --json '", json_file,
                                           "' --dir '", directory.string(), "' >&2");
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(json_file);
  const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(json.is_object());
  std::set<std::string> compared, alone;
  for (const auto& row : json["rows"]) {
    const std::string name =
        absl::StrCat(row["name"].get<std::string>(), " ", row["metric"].get<std::string>());
    (row["raw"].is_number() && row["trebol"].is_number() ? compared : alone).insert(name);
  }
  EXPECT_THAT(compared, IsSupersetOf({"put-4KiB-c8 cpu_s_per_gb", "get-4KiB-c8 ops_per_s",
                                      "put-1MiB-c8 server_cpu_s_per_gb", "get-64MiB-c8 p99_ms",
                                      "list-2500 ops_per_s", "beside-slow-200 p99_ms"}));
  EXPECT_THAT(alone, IsSupersetOf({"md5 cpu_s_per_gb", "sha256 cpu_s_per_gb", "idle-1000 rss_mib",
                                   "slow-200 rss_mib"}));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace trebol::bench
