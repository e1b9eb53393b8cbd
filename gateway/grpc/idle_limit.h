#pragma once

#include <grpcpp/server_context.h>

#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "absl/time/time.h"
#include "common/async/cancellation.h"
#include "common/async/runtime.h"

namespace trebol {

/// Cancels a streaming call whose client makes no progress: it holds memory that other requests
/// wait for. `context` must outlive this object. Not thread-safe: it belongs to the coroutine that
/// serves the call.
class IdleLimit {
 public:
  IdleLimit(Runtime& runtime, grpc::CallbackServerContext* context, absl::Duration limit);

  /// The client has to do something until Met, and `limit` of time for it.
  void Expect();
  void Met();

 private:
  const absl::Duration limit_;
  // What the timer shares with us: it may fire while the call ends.
  const std::shared_ptr<Cancellation> expired_ = std::make_shared<Cancellation>();
  Cancellation::Registration registration_;
  boost::asio::steady_timer timer_;
};

}  // namespace trebol
