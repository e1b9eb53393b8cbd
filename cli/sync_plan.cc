#include "cli/sync_plan.h"

#include <fnmatch.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace trebol::cli {
namespace {

/// What an interrupted download of a name in `source` keeps beside it, for the next try.
bool IsBegunDownload(absl::string_view name, const SyncEntries& source) {
  return (absl::ConsumeSuffix(&name, ".trebol-part") ||
          absl::ConsumeSuffix(&name, ".trebol-state")) &&
         source.contains(std::string(name));
}

}  // namespace

bool Includes(const std::vector<Filter>& filters, const std::string& name) {
  bool included = true;
  for (const Filter& filter : filters) {
    const std::string pattern =
        absl::StrCat(filter.pattern, absl::EndsWith(filter.pattern, "/") ? "*" : "");
    if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) included = filter.include;
  }
  return included;
}

std::vector<Filter> FiltersIn(const std::vector<std::string>& arguments) {
  std::vector<Filter> filters;
  for (size_t i = 0; i < arguments.size(); ++i) {
    for (const bool include : {true, false}) {
      const absl::string_view option = include ? "--include" : "--exclude";
      absl::string_view rest = arguments[i];
      if (!absl::ConsumePrefix(&rest, option)) continue;
      if (rest.empty() && i + 1 < arguments.size()) {
        filters.push_back({include, arguments[i + 1]});
      } else if (absl::ConsumePrefix(&rest, "=")) {
        filters.push_back({include, std::string(rest)});
      }
    }
  }
  return filters;
}

SyncPlan PlanSync(const SyncEntries& source, const SyncEntries& destination, bool remove_others) {
  SyncPlan plan;
  for (const auto& [name, entry] : source) {
    const auto there = destination.find(name);
    const bool same_size = there != destination.end() && there->second.size == entry.size;
    (same_size ? plan.compare : plan.copy).push_back(name);
  }
  if (!remove_others) return plan;
  for (const auto& [name, entry] : destination) {
    if (!source.contains(name) && !IsBegunDownload(name, source)) plan.remove.push_back(name);
  }
  return plan;
}

}  // namespace trebol::cli
