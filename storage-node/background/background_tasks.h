#pragma once

#include <vector>

#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/base/rate_meter.h"
#include "storage-node/background/hand_over.h"
#include "storage-node/background/partition_sync.h"
#include "storage-node/background/scrub.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// The workers of a storage node in the words that operators see: what is done, how fast, how long
/// it will take. Thread-safe.
class BackgroundTasks {
 public:
  BackgroundTasks(const PartitionSync& sync, const HandOver& hand_over, const Scrub& scrub,
                  const PausedWork& paused, const Clock& clock)
      : sync_(sync), hand_over_(hand_over), scrub_(scrub), paused_(paused), clock_(clock) {}

  std::vector<v1::BackgroundTask> Describe();

 private:
  v1::BackgroundTask DescribeSync(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::BackgroundTask DescribeHandOver(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::BackgroundTask DescribeScrub(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const PartitionSync& sync_;
  const HandOver& hand_over_;
  const Scrub& scrub_;
  const PausedWork& paused_;
  const Clock& clock_;
  Mutex mutex_;
  RateMeter sync_rate_ ABSL_GUARDED_BY(mutex_);
  RateMeter hand_over_rate_ ABSL_GUARDED_BY(mutex_);
  RateMeter scrub_rate_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
