#include "storage-node/background/paused_work.h"

#include "absl/algorithm/container.h"
#include "common/cluster/map_change.h"

namespace trebol {

bool PausedWork::Task(absl::string_view task) const {
  MutexLock lock(&mutex_);
  return absl::c_linear_search(paused_.tasks(), task);
}

bool PausedWork::MoveOf(const ReplicaSet& set, const ClusterMap& map) const {
  MutexLock lock(&mutex_);
  switch (CauseOf(set, map)) {
    case MoveCause::kNone:
      return false;
    case MoveCause::kDrain:
      return absl::c_any_of(set.leaving, [this](NodeId node) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return absl::c_linear_search(paused_.drains(), node.value);
      });
    case MoveCause::kRebalance:
      return paused_.rebalance();
    case MoveCause::kRepair:
      return paused_.repair();
  }
  return false;
}

}  // namespace trebol
