#include "cli/copy_conflict.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "cli/human.h"

namespace trebol::cli {

std::string ConflictIn(const std::vector<CopyItem>& items) {
  std::set<std::string> sources;
  for (const CopyItem& item : items) {
    if (std::holds_alternative<ObjectUrl>(item.source)) sources.insert(Describe(item.source));
  }
  if (sources.empty()) return "";
  for (const CopyItem& item : items) {
    const std::string source = Describe(item.source);
    const std::string destination = Describe(item.destination);
    if (source == destination || !sources.contains(destination)) continue;
    return absl::StrCat("the copy of ", Printable(source), " would replace ",
                        Printable(destination),
                        ", which is to be copied itself; choose a destination that is not within "
                        "the source");
  }
  return "";
}

}  // namespace trebol::cli
