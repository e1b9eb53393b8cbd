#include "tests/bench/fault_rows.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/machine.h"

namespace trebol::bench {
namespace {

using Form = FaultGoal::Form;

constexpr FaultGoal kGoals[] = {
    {"kill", "failed_operations", Form::kAtMost, 0},
    {"kill", "back_s", Form::kAtMost, 2},
    {"stop", "failed_operations", Form::kAtMost, 0},
    {"stop", "back_s", Form::kAtMost, 15},
    {"drop", "failed_operations", Form::kAtMost, 0},
    {"drop", "back_s", Form::kAtMost, 15},
    {"slow-disk", "read_p99_ms", Form::kTimesHealthy, 3},
    {"slow-disk", "ops_per_s", Form::kShareOfHealthy, 0.7},
    {"stutter", "failed_operations", Form::kAtMost, 0},
    {"stutter", "read_p99_ms", Form::kTimesHealthy, 3},
    {"disk-errors", "failed_operations", Form::kAtMost, 0},
    {"disk-errors", "read_p99_ms", Form::kTimesHealthy, 3},
    {"all-disk-errors", "failed_operations", Form::kAtMost, 0},
    {"repair", "failed_operations", Form::kAtMost, 0},
    {"repair", "share_of_cap", Form::kAbout, 1},
    {"repair", "read_p99_ms", Form::kTimesHealthy, 2},
    {"repair", "write_p99_ms", Form::kTimesHealthy, 2},
    {"overload", "good_again_s", Form::kAtMost, 30},
    {"overload", "attempts_per_request", Form::kAtMost, 1.1},
    {"overload", "node_calls_per_copy", Form::kAtMost, 1.1},
};

constexpr double kTenth = 0.1;

const FaultGoal* GoalOf(absl::string_view name, absl::string_view metric) {
  const auto* found = std::find_if(std::begin(kGoals), std::end(kGoals), [&](const FaultGoal& g) {
    return g.row == name && g.metric == metric;
  });
  return found == std::end(kGoals) ? nullptr : found;
}

bool WorstCounts(absl::string_view metric) {
  return metric == "failed_operations" || metric == "not_begun";
}

std::optional<double> Combined(const std::string& metric, const std::vector<double>& values) {
  if (values.empty() || !WorstCounts(metric)) return Median(values);
  return *std::max_element(values.begin(), values.end());
}

nlohmann::json OrNull(const std::optional<double>& value) {
  return value.has_value() && std::isfinite(*value) ? nlohmann::json(*value)
                                                    : nlohmann::json(nullptr);
}

std::string Cell(const std::optional<double>& value) {
  if (!value.has_value()) return "-";
  if (!std::isfinite(*value)) return "never";
  const bool whole = *value == std::floor(*value);
  const int digits = whole || *value >= 100 ? 0 : *value >= 10 ? 1 : 2;
  return absl::StrFormat("%.*f", digits, *value);
}

std::string Words(const FaultGoal& goal) {
  const std::string number = absl::StrFormat("%g", goal.wanted);
  switch (goal.form) {
    case Form::kAtMost:
      return absl::StrCat("at most ", number);
    case Form::kTimesHealthy:
      return absl::StrCat("at most ", number, " x healthy");
    case Form::kAbout:
      return absl::StrCat("within a tenth of ", number);
    case Form::kShareOfHealthy:
      break;
  }
  return absl::StrCat("at least ", number, " x healthy");
}

const char* Verdict(const FaultRow& row) { return row.Reached() ? "PASS" : "MISSED"; }

}  // namespace

bool FaultRow::Reached() const {
  if (goal == nullptr || !fault.has_value()) return false;
  if (goal->form == Form::kAtMost) return *fault <= goal->wanted;
  if (goal->form == Form::kAbout) {
    return std::abs(*fault - goal->wanted) <= kTenth * goal->wanted;
  }
  if (!healthy.has_value() || *healthy <= 0) return false;
  return goal->form == Form::kTimesHealthy ? *fault <= goal->wanted * *healthy
                                           : *fault >= goal->wanted * *healthy;
}

void FaultResults::Add(const std::string& name, const std::string& metric, Phase phase,
                       double value) {
  const Key key(name, metric);
  if (!healthy_.contains(key) && !fault_.contains(key)) order_.push_back(key);
  (phase == Phase::kHealthy ? healthy_ : fault_)[key].push_back(value);
}

std::vector<FaultRow> FaultResults::Rows() const {
  const auto combined = [](const auto& values, const Key& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : Combined(key.second, found->second);
  };
  std::vector<FaultRow> rows;
  for (const Key& key : order_) {
    rows.push_back({key.first, key.second, combined(healthy_, key), combined(fault_, key),
                    GoalOf(key.first, key.second)});
  }
  return rows;
}

std::string FaultRowsToJson(const std::vector<FaultRow>& rows) {
  nlohmann::json all = nlohmann::json::array();
  for (const FaultRow& row : rows) {
    nlohmann::json json{{"name", row.name},
                        {"metric", row.metric},
                        {"healthy", OrNull(row.healthy)},
                        {"fault", OrNull(row.fault)},
                        {"did_not_come", row.fault == kDidNotCome},
                        {"wanted", nullptr},
                        {"verdict", nullptr}};
    if (row.goal != nullptr) {
      json["wanted"] = Words(*row.goal);
      json["verdict"] = Verdict(row);
    }
    all.push_back(std::move(json));
  }
  return nlohmann::json{{"machine", nlohmann::json::parse(MachineAsJson())}, {"rows", all}}.dump(
             1) +
         "\n";
}

std::string FaultRowsToTable(const std::vector<FaultRow>& rows) {
  std::string table = absl::StrFormat("%-15s %-22s %10s %10s\n", "", "", "healthy", "fault");
  for (const FaultRow& row : rows) {
    absl::StrAppendFormat(&table, "%-15s %-22s %10s %10s", row.name, row.metric, Cell(row.healthy),
                          Cell(row.fault));
    if (row.goal != nullptr) {
      absl::StrAppendFormat(&table, "  %-6s wanted %s", Verdict(row), Words(*row.goal));
    }
    table += '\n';
  }
  return table;
}

}  // namespace trebol::bench
