#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/async/one_shot.h"
#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/rpc/batch_codec.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"

namespace trebol {

/// A method and what sends many of its calls at once (batch.proto); "/trebol.v1.Service/Method".
struct BatchMethod {
  const char* one;
  const char* many;
  absl::Duration timeout;
};

/// Sends small calls to servers of the cluster: at once while none of the same method is on its way
/// to the same peer, else together with those that wait too as soon as that one is back.
/// So a caller that is alone waits for nobody, and of many each costs a part of a call. Calls
/// behind others that hang for a few milliseconds wait no longer for them. No retries here.
///
/// Thread-safe. Held by a shared pointer: calls keep it alive.
class Batcher : public std::enable_shared_from_this<Batcher> {
 public:
  Batcher(Runtime& runtime, std::shared_ptr<Channels> channels,
          std::shared_ptr<const Identity> identity)
      : runtime_(runtime), channels_(std::move(channels)), identity_(std::move(identity)) {}

  /// The response of `method`, which must live as long as this. Ends as UnaryCall does; a call that
  /// is cancelled while it travels with others is executed all the same.
  Task<Bytes> Call(RequestContextPtr context, std::string endpoint, const BatchMethod* method,
                   Bytes request);

 private:
  using Answer = OneShot<absl::StatusOr<Bytes>>;
  struct Waiting {
    BatchedCall call;
    std::shared_ptr<Answer> answer;
    Instant since;
  };
  /// The calls of one method to one peer. Guarded by mutex_.
  struct Lane {
    std::string endpoint;
    const BatchMethod* method = nullptr;
    int in_flight = 0;  // messages, not calls
    bool watched = false;
    std::deque<Waiting> waiting;
  };

  Task<Bytes> SendOne(RequestContextPtr context, std::string endpoint, const BatchMethod* method,
                      Bytes request);
  Task<void> SendMany(std::shared_ptr<Lane> lane, std::vector<Waiting> group);
  Task<void> SendAlone(std::shared_ptr<Lane> lane, Waiting waiting);
  /// While calls wait: sends those that have waited for too long for others.
  Task<void> Watch(std::shared_ptr<Lane> lane);
  void Ended(const std::shared_ptr<Lane>& lane);
  std::vector<Waiting> Take(Lane& lane) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Runtime& runtime_;
  const std::shared_ptr<Channels> channels_;
  const std::shared_ptr<const Identity> identity_;
  Mutex mutex_;
  absl::flat_hash_map<std::pair<std::string, const BatchMethod*>, std::shared_ptr<Lane>> lanes_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
