#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/load_report.h"

namespace trebol::bench {

enum class Side { kRaw, kTrebol };

struct Row {
  std::string name;    // what was done: put-64MiB-c8
  std::string metric;  // what of it: cpu_s_per_gb, mb_per_s, ops_per_s, p50_ms, p99_ms, rss_mib …
  std::optional<double> raw;
  std::optional<double> trebol;
  /// How much of the raw limit is reached; 1 is the limit. Nothing where there is no limit.
  std::optional<double> ratio() const;
};

/// The figures of all rounds. Not thread-safe.
class Results {
 public:
  void Add(const std::string& name, const std::string& metric, Side side, double value);
  /// CPU and rate by bytes and by operations, and both latencies.
  void AddLoad(const std::string& name, Side side, const LoadReport& report);

  /// Medians over the rounds, in the order in which they were first added.
  std::vector<Row> Rows() const;

 private:
  using Key = std::pair<std::string, std::string>;
  std::vector<Key> order_;
  std::map<Key, std::vector<double>> raw_;
  std::map<Key, std::vector<double>> trebol_;
};

/// The machine and the rows.
std::string ToJson(const std::vector<Row>& rows);
std::string ToTable(const std::vector<Row>& rows);

/// What the design wants of some of the rows, a line each, with whether it is so.
std::string CompareWithGoals(const std::vector<Row>& rows);

}  // namespace trebol::bench
