#include "tests/linearizability/verdict.h"

#include "absl/strings/str_cat.h"
#include "tests/linearizability/excerpt.h"

namespace trebol::linearizability {
namespace {

void Count(const std::vector<Operation>& operations, Verdict& verdict) {
  for (size_t i = 0; i < operations.size(); ++i) {
    const Operation& one = operations[i];
    ++verdict.operations;
    if (!one.Counts()) continue;
    if (one.IsOpen()) {
      ++verdict.open;
    } else if (!one.IsWrite()) {
      ++verdict.reads;
    } else if (one.outcome != Outcome::kDone) {
      ++verdict.refusals;
    } else if (one.kind == Kind::kPut || one.existed) {
      ++verdict.writes;
    }
    for (size_t j = 0; j < i && !one.IsOpen(); ++j) {
      const Operation& other = operations[j];
      if (other.Counts() && !other.IsOpen() && (one.IsWrite() || other.IsWrite()) &&
          one.invoked <= other.returned && other.invoked <= one.returned) {
        ++verdict.overlaps;
      }
    }
  }
}

}  // namespace

Verdict Judge(const std::map<std::string, std::vector<Operation>>& history, const Least& least,
              uint64_t most_states) {
  Verdict verdict;
  for (const auto& [key, operations] : history) {
    ++verdict.keys;
    Count(operations, verdict);
    const CheckResult result = Check(operations, most_states);
    verdict.states += result.states;
    if (result.legality == Legality::kIllegal) {
      ++verdict.illegal;
      verdict.findings.push_back(
          absl::StrCat("ILLEGAL ", key, ", ms of call .. answer:\n", Excerpt(operations)));
    } else if (result.legality == Legality::kUnknown) {
      ++verdict.unknown;
      verdict.findings.push_back(absl::StrCat("UNKNOWN ", key, ": given up with ",
                                              operations.size(), " operations after ",
                                              result.states, " states\n"));
    }
  }
  const auto lacks = [&verdict](absl::string_view what, uint64_t is, uint64_t must) {
    if (is >= must) return;
    absl::StrAppend(&verdict.vacuous, verdict.vacuous.empty() ? "" : ", ", is, " ", what, " of ",
                    must);
  };
  lacks("writes", verdict.writes, least.writes);
  lacks("reads", verdict.reads, least.reads);
  lacks("refusals", verdict.refusals, least.refusals);
  lacks("overlaps", verdict.overlaps, least.overlaps);
  return verdict;
}

std::string Verdict::Summary() const {
  return absl::StrCat(illegal, " illegal, ", unknown, " unknown, ", vacuous.empty() ? 0 : 1,
                      " vacuous", vacuous.empty() ? "" : absl::StrCat(" (only ", vacuous, ")"),
                      "; ", keys, " keys, ", operations, " operations: ", writes, " writes, ",
                      reads, " reads, ", refusals, " refusals, ", open, " open; ", overlaps,
                      " overlaps, ", states, " states");
}

}  // namespace trebol::linearizability
