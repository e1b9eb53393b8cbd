#include "common/async/run_scope.h"

#include <utility>

namespace trebol {
namespace {

thread_local RunScope* outermost = nullptr;

}  // namespace

RunScope::RunScope() {
  if (outermost == nullptr) outermost = this;
}

RunScope::~RunScope() {
  if (outermost != this) return;
  while (!queue_.empty()) {
    for (auto& work : std::exchange(queue_, {})) work();
  }
  outermost = nullptr;
}

RunScope* RunScope::Current() { return outermost; }

}  // namespace trebol
