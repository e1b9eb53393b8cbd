#pragma once

#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace trebol {

/// While one is open on a thread, coroutines of a Runtime that allows it (Runtime::Resume::kHere)
/// go on on that thread: what becomes ready is queued here and runs when the outermost scope
/// closes, with nothing of its caller on the stack. The callbacks of gRPC open one, so that an
/// answer is worked on by the thread that read it; a hand-over to another thread costs more than
/// most of what is done then.
class RunScope {
 public:
  RunScope();
  /// Runs what was queued, and what that queues.
  ~RunScope();
  RunScope(const RunScope&) = delete;
  RunScope& operator=(const RunScope&) = delete;

  /// The outermost of this thread; null if none is open.
  static RunScope* Current();
  void Push(absl::AnyInvocable<void()> work) { queue_.push_back(std::move(work)); }

 private:
  std::vector<absl::AnyInvocable<void()>> queue_;
};

}  // namespace trebol
