#include "tests/fuzz/score.h"

#include <cstdio>
#include <cstdlib>

namespace trebol {
namespace {

constexpr int kOften = 5'000;

}  // namespace

void Score::Count(const std::string& kind, bool succeeded) {
  Tries& tries = kinds_[kind];
  ++tries.all;
  if (succeeded) ++tries.good;
}

Score::~Score() {
  bool vacuous = false;
  for (const auto& [kind, tries] : kinds_) {
    const bool never = tries.good == 0 && tries.all >= kOften;
    std::fprintf(stderr, "%s: %d of %d succeeded%s\n", kind.c_str(), tries.good, tries.all,
                 never ? ", which is none" : "");
    vacuous |= never;
  }
  if (vacuous) std::_Exit(1);
}

}  // namespace trebol
