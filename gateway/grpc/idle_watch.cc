#include "gateway/grpc/idle_watch.h"

#include "common/base/clock.h"

namespace trebol {
namespace {

constexpr int kLooks = 8;  // within the limit

int64_t Now() { return absl::ToInt64Nanoseconds(SystemClock().Now().since_origin); }

}  // namespace

IdleWatch::Stream::Stream(IdleWatch& watch, grpc::CallbackServerContext* context)
    : watch_(watch), context_(context) {
  MutexLock lock(&watch_.mutex_);
  watch_.streams_.insert(this);
}

IdleWatch::Stream::~Stream() {
  MutexLock lock(&watch_.mutex_);
  watch_.streams_.erase(this);
}

void IdleWatch::Stream::Expect() { since_ns_ = Now(); }

IdleWatch::IdleWatch(absl::Duration limit)
    : limit_(limit), looking_([this] {
        Look();
        return limit_ / kLooks;
      }) {}

void IdleWatch::Look() {
  const int64_t late = Now() - absl::ToInt64Nanoseconds(limit_);
  MutexLock lock(&mutex_);
  for (Stream* stream : streams_) {
    const int64_t since = stream->since_ns_;
    if (since != 0 && since <= late) stream->context_->TryCancel();
  }
}

}  // namespace trebol
