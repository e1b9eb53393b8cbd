#pragma once

#include <grpcpp/server_context.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "common/async/periodic.h"
#include "common/base/mutex.h"

namespace trebol {

/// Cancels streaming calls whose clients make no progress for `limit`: they hold memory that other
/// requests wait for. It looks a few times in that time, so that a stream that is served costs two
/// stores. Thread-safe.
class IdleWatch {
 public:
  /// One call. `context` and `watch` must outlive it. Expect and Met belong to what serves the
  /// call.
  class Stream {
   public:
    Stream(IdleWatch& watch, grpc::CallbackServerContext* context);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// The client has to do something until Met.
    void Expect();
    void Met() { since_ns_ = 0; }

   private:
    friend class IdleWatch;
    IdleWatch& watch_;
    grpc::CallbackServerContext* const context_;
    std::atomic<int64_t> since_ns_ = 0;  // 0: nothing is expected
  };

  explicit IdleWatch(absl::Duration limit);

 private:
  void Look();

  const absl::Duration limit_;
  Mutex mutex_;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  Periodic looking_;  // last: its thread uses the rest
};

}  // namespace trebol
