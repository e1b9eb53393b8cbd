#include "storage-node/engine/session_marks.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace trebol {
namespace {

std::vector<uint64_t> Sorted(std::vector<uint64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

// One mark with the exceptions below it.
void MergeMark(uint64_t said_below, const std::vector<uint64_t>& said_list, uint64_t* below,
               std::vector<uint64_t>* list) {
  if (said_below < *below) return;
  std::vector<uint64_t> said = Sorted(said_list);
  std::vector<uint64_t> known = Sorted(std::move(*list));
  list->clear();
  // Below the old mark only what was an exception can still be one.
  std::copy_if(said.begin(), said.end(), std::back_inserter(*list), [&](uint64_t number) {
    return number >= *below || std::binary_search(known.begin(), known.end(), number);
  });
  *below = said_below;
}

}  // namespace

SessionMarks MergeMarks(const SessionMarks& known, const SessionMarks& said) {
  SessionMarks merged = known;
  merged.generation = said.generation;
  merged.session = said.session;
  MergeMark(said.decided_below, said.open, &merged.decided_below, &merged.open);
  MergeMark(said.replicated_below, said.owed, &merged.replicated_below, &merged.owed);
  return merged;
}

}  // namespace trebol
