#include "tests/bench/rows.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/machine.h"

namespace trebol::bench {
namespace {

bool MoreIsBetter(absl::string_view metric) {
  return metric == "mb_per_s" || metric == "ops_per_s";
}

nlohmann::json OrNull(const std::optional<double>& value) {
  return value.has_value() ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

std::string Cell(const std::optional<double>& value) {
  if (!value.has_value()) return "-";
  const int digits = *value >= 100 ? 0 : *value >= 10 ? 1 : 3;
  return absl::StrFormat("%.*f", digits, *value);
}

struct Goal {
  absl::string_view row;  // the beginning of its name
  absl::string_view metric;
  bool of_ratio;  // otherwise of Trébol's own figure
  double wanted;
  absl::string_view why;

  /// A ratio is better when it is higher, and so are rates; times and memory are not.
  bool AtLeast() const { return of_ratio || MoreIsBetter(metric); }
};

// CPU-seconds are compared before rates: on a machine that others use too they are steadier.
constexpr Goal kGoals[] = {
    {"put-64MiB-c8", "cpu_s_per_gb", true, 0.5, "of the raw three-way relay"},
    {"get-64MiB-c8", "cpu_s_per_gb", true, 0.7, "of the raw relay"},
    {"put-4KiB-c32", "cpu_s_per_gb", true, 0.4, "of the raw small call"},
    {"get-4KiB-c32", "cpu_s_per_gb", true, 0.5, "of the raw small call"},
    {"put-64MiB-c8", "mb_per_s", true, 0.44, "400 MB/s where the raw relay reaches 900"},
    {"put-4KiB-c32", "ops_per_s", true, 0.5, "4,000/s where the raw relay reaches 8,000"},
    {"list-", "ops_per_s", false, 300'000, "keys a second"},
    {"copy-", "p99_ms", false, 10, "ms, whatever the size"},
    {"complete-", "p50_ms", false, 1000, "ms"},
    {"others-", "p99_ms", true, 0.5, "others' commits at most twice as slow"},
    {"memory-idle", "rss_mib", false, 150, "MiB of all processes"},
    {"memory-loaded", "rss_mib", false, 600, "MiB of all processes"},
};

}  // namespace

std::optional<double> Row::ratio() const {
  if (!raw.has_value() || !trebol.has_value()) return std::nullopt;
  const double above = MoreIsBetter(metric) ? *trebol : *raw;
  const double below = MoreIsBetter(metric) ? *raw : *trebol;
  if (below <= 0) return std::nullopt;
  return above / below;
}

void Results::Add(const std::string& name, const std::string& metric, Side side, double value) {
  const Key key(name, metric);
  if (!raw_.contains(key) && !trebol_.contains(key)) order_.push_back(key);
  (side == Side::kRaw ? raw_ : trebol_)[key].push_back(value);
}

void Results::AddLoad(const std::string& name, Side side, const LoadReport& report) {
  const auto bytes = static_cast<double>(report.bytes);
  if (report.bytes > 0) {
    Add(name, "cpu_s_per_gb", side, report.cpu_seconds() / (bytes / 1e9));
    Add(name, "mb_per_s", side, bytes / 1e6 / report.seconds);
  }
  Add(name, "ops_per_s", side, static_cast<double>(report.operations) / report.seconds);
  Add(name, "p50_ms", side, report.p50_ms);
  Add(name, "p99_ms", side, report.p99_ms);
}

std::vector<Row> Results::Rows() const {
  const auto median = [](const auto& values, const Key& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : Median(found->second);
  };
  std::vector<Row> rows;
  for (const Key& key : order_) {
    rows.push_back({key.first, key.second, median(raw_, key), median(trebol_, key)});
  }
  return rows;
}

std::string ToJson(const std::vector<Row>& rows) {
  nlohmann::json all = nlohmann::json::array();
  for (const Row& row : rows) {
    all.push_back({{"name", row.name},
                   {"metric", row.metric},
                   {"raw", OrNull(row.raw)},
                   {"trebol", OrNull(row.trebol)},
                   {"ratio", OrNull(row.ratio())}});
  }
  return nlohmann::json{{"machine", nlohmann::json::parse(MachineAsJson())}, {"rows", all}}.dump(
             1) +
         "\n";
}

std::string ToTable(const std::vector<Row>& rows) {
  std::string table =
      absl::StrFormat("%-26s %-20s %10s %10s %7s\n", "", "", "raw", "trebol", "ratio");
  for (const Row& row : rows) {
    absl::StrAppendFormat(&table, "%-26s %-20s %10s %10s %7s\n", row.name, row.metric,
                          Cell(row.raw), Cell(row.trebol),
                          row.ratio() ? absl::StrFormat("%.2f", *row.ratio()) : "-");
  }
  return table;
}

std::string CompareWithGoals(const std::vector<Row>& rows) {
  std::string lines;
  for (const Goal& goal : kGoals) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&goal](const Row& row) {
      const bool whole = goal.row.back() != '-';
      return row.metric == goal.metric &&
             (whole ? row.name == goal.row : row.name.starts_with(std::string(goal.row)));
    });
    if (row == rows.end()) continue;
    const std::optional<double> value = goal.of_ratio ? row->ratio() : row->trebol;
    if (!value.has_value()) continue;
    const bool reached = goal.AtLeast() ? *value >= goal.wanted : *value <= goal.wanted;
    absl::StrAppendFormat(&lines, "%-8s %-18s %-14s %s %s, wanted at %s %s (%s)\n",
                          reached ? "reached" : "MISSED", row->name, row->metric,
                          goal.of_ratio ? "ratio" : "is", Cell(value),
                          goal.AtLeast() ? "least" : "most", Cell(goal.wanted), goal.why);
  }
  return lines;
}

}  // namespace trebol::bench
