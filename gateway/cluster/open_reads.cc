#include "gateway/cluster/open_reads.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/planted.h"

namespace trebol {

OpenReads::Guard OpenReads::Begin(LogIndex seen) {
  MutexLock lock(&mutex_);
  reads_.push_back({seen, clock_.Now(), std::nullopt});
  return Guard(this, std::prev(reads_.end()));
}

OpenReads::Guard::~Guard() {
  if (reads_ == nullptr) return;
  MutexLock lock(&reads_->mutex_);
  reads_->reads_.erase(read_);
}

void OpenReads::Guard::Names(const VersionId& version) {
  MutexLock lock(&reads_->mutex_);
  read_->version = version;
}

OpenReads::Protection OpenReads::Protect(LogIndex seen) {
  MutexLock lock(&mutex_);
  Protection protection{seen, {}};
  if (Planted("gateway.forgets_its_readers")) return protection;
  for (const Read& read : reads_) {
    if (read.version.has_value() && clock_.Now() - read.began >= kPinAfter) {
      protection.pins.push_back(*read.version);
    } else {
      protection.horizon = std::min(protection.horizon, read.since);
    }
  }
  return protection;
}

}  // namespace trebol
