#include "common/base/lock_checks.h"

#include "absl/synchronization/mutex.h"

namespace trebol {

void SkipLockOrderChecks() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

}  // namespace trebol
