#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/stub/identity_stub.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Keys by their ids, so that a request need not wait for metadata to know who sends it.
///
/// A key that was deleted, or whose secret was replaced, is accepted here for `fresh_for` longer at
/// most; while metadata cannot be asked, for `usable_for` after it was last seen. Thread-safe.
class KeyCache {
 public:
  struct Options {
    /// Of a key that was found: how long it is not asked for again.
    absl::Duration fresh_for = absl::Seconds(10);
    /// Of one that there is not: long enough to keep a client that goes on with it from metadata,
    /// short enough that a key works soon after it was made.
    absl::Duration refused_for = absl::Seconds(2);
    /// While metadata does not answer. It is restarted in seconds, and moved within minutes; who
    /// takes a key away must not wait for longer.
    absl::Duration usable_for = absl::Minutes(5);
    /// Keys that are remembered, and ids that were refused. Under 500 bytes each; with more in use
    /// some are asked for again.
    size_t max_keys = 10'000;
    size_t max_refused = 10'000;
  };
  using Key = std::shared_ptr<const v1::AccessKeyRow>;

  KeyCache(std::shared_ptr<IdentityStub> identity, const Clock& clock, Options options)
      : identity_(std::move(identity)), clock_(clock), options_(options) {}
  KeyCache(std::shared_ptr<IdentityStub> identity, const Clock& clock)
      : KeyCache(std::move(identity), clock, Options()) {}

  /// UNAUTHENTICATED (ACCESS_KEY_UNKNOWN, ACCESS_KEY_EXPIRED); what metadata's failure is when it
  /// cannot be asked and the key was not seen lately.
  Task<Key> Find(RequestContextPtr context, std::string id);

  /// It was changed through this gateway: ask again.
  void Forget(const std::string& id);

 private:
  struct Known {
    Key key;
    Instant seen;       // metadata had it then
    Instant ask_again;  // who comes after that asks, and others meanwhile do not wait
  };

  /// The key to go by without asking; null if metadata is to be asked. UNAUTHENTICATED.
  absl::StatusOr<Key> WithoutAsking(const std::string& id, Instant now);
  Key Stale(const std::string& id, Instant now);
  void Remember(const std::string& id, Key key, Instant asked);
  void Refuse(const std::string& id, Instant now);
  absl::StatusOr<Key> Unexpired(Key key) const;

  const std::shared_ptr<IdentityStub> identity_;
  const Clock& clock_;
  const Options options_;
  Mutex mutex_;
  absl::flat_hash_map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Instant> refused_until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
