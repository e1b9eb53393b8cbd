#include "common/resilience/call_window.h"

namespace trebol {
namespace {

void AddTo(CallWindow::Counts& sum, const CallWindow::Counts& more, int sign) {
  sum.calls += sign * more.calls;
  sum.failed += sign * more.failed;
  sum.slow += sign * more.slow;
}

}  // namespace

void CallWindow::Add(const Counts& counts, Instant now) {
  Forget(now);
  AddTo(buckets_[newest_ % kBuckets], counts, 1);
  AddTo(total_, counts, 1);
}

CallWindow::Counts CallWindow::Total(Instant now) {
  Forget(now);
  return total_;
}

void CallWindow::Clear() {
  buckets_.fill({});
  total_ = {};
}

void CallWindow::Forget(Instant now) {
  const int64_t newest = static_cast<int64_t>(now.since_origin / bucket_length_);
  if (newest - newest_ >= kBuckets) {
    Clear();
    newest_ = newest;
  }
  while (newest_ < newest) {
    ++newest_;
    Counts& oldest = buckets_[newest_ % kBuckets];
    AddTo(total_, oldest, -1);
    oldest = {};
  }
}

}  // namespace trebol
