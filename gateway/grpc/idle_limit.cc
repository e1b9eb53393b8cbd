#include "gateway/grpc/idle_limit.h"

namespace trebol {

IdleLimit::IdleLimit(Runtime& runtime, grpc::CallbackServerContext* context, absl::Duration limit)
    : limit_(limit),
      registration_(expired_, [context] { context->TryCancel(); }),
      timer_(runtime.executor()) {}

void IdleLimit::Expect() {
  timer_.expires_after(absl::ToChronoNanoseconds(limit_));
  timer_.async_wait([expired = expired_](const boost::system::error_code& error) {
    if (!error) expired->Cancel();
  });
}

void IdleLimit::Met() { timer_.cancel(); }

}  // namespace trebol
