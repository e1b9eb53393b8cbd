#include "common/base/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trebol {

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> above_last;
  std::vector<size_t> above(b.size() + 1);
  std::iota(above.begin(), above.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    std::vector<size_t> row(b.size() + 1);
    row[0] = i;
    for (size_t k = 1; k <= b.size(); ++k) {
      const size_t replaced = above[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
      row[k] = std::min({above[k] + 1, row[k - 1] + 1, replaced});
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) {
        row[k] = std::min(row[k], above_last[k - 2] + 1);
      }
    }
    above_last = std::exchange(above, std::move(row));
  }
  return above[b.size()];
}

std::string Suggest(absl::string_view typed, const std::vector<std::string>& known) {
  const auto nearest =
      std::min_element(known.begin(), known.end(), [typed](const auto& a, const auto& b) {
        return EditDistance(typed, a) < EditDistance(typed, b);
      });
  if (nearest == known.end()) return "";
  const bool close = EditDistance(typed, *nearest) <= std::max<size_t>(2, typed.size() / 3);
  return close ? absl::StrCat("did you mean ", *nearest, "?")
               : absl::StrCat("the nearest is ", *nearest);
}

}  // namespace trebol
