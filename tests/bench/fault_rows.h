#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol::bench {

/// Of a time that was waited for and did not come while it was looked for.
inline constexpr double kDidNotCome = std::numeric_limits<double>::infinity();

enum class Phase { kHealthy, kFault };

/// What is wanted of a figure.
struct FaultGoal {
  enum class Form {
    kAtMost,          // of the figure under the fault
    kTimesHealthy,    // at most so many times that of the healthy twin
    kShareOfHealthy,  // at least such a share of it
    kAbout,           // of the figure under the fault: within a tenth of it
  };
  absl::string_view row;
  absl::string_view metric;
  Form form = Form::kAtMost;
  double wanted = 0;
};

struct FaultRow {
  std::string name;    // the fault: kill, stop, slow-disk, overload, …
  std::string metric;  // failed_operations, back_s, read_p99_ms …
  std::optional<double> healthy;
  std::optional<double> fault;
  const FaultGoal* goal = nullptr;  // none: told, and not judged
  bool Reached() const;
};

/// The figures of all rounds. Not thread-safe.
class FaultResults {
 public:
  void Add(const std::string& name, const std::string& metric, Phase phase, double value);

  /// Medians over the rounds, but the worst of what nobody wants once: operations that failed or
  /// were not begun. In the order in which they were first added.
  std::vector<FaultRow> Rows() const;

 private:
  using Key = std::pair<std::string, std::string>;
  std::vector<Key> order_;
  std::map<Key, std::vector<double>> healthy_;
  std::map<Key, std::vector<double>> fault_;
};

/// The machine and the rows. What did not come is null with "did_not_come": true.
std::string FaultRowsToJson(const std::vector<FaultRow>& rows);
/// A line a row; PASS or MISSED where something is wanted.
std::string FaultRowsToTable(const std::vector<FaultRow>& rows);

}  // namespace trebol::bench
