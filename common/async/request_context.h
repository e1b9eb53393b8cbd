#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/async/cancellation.h"
#include "common/base/clock.h"

namespace trebol {

class BucketClaims;  // gateway/object/bucket_claims.h

/// What belongs to one request and to every call made for it: until when, for whom, and whether
/// anybody still waits. Thread-safe; shared by all that work for the request.
struct RequestContext {
  Instant deadline = Instant::InfiniteFuture();
  std::string trace_parent;  // W3C traceparent header; empty: none
  std::string peer;          // for people
  std::shared_ptr<Cancellation> cancellation = std::make_shared<Cancellation>();
  std::shared_ptr<BucketClaims> claims;  // null: not from a client, nobody's right was checked
};
using RequestContextPtr = std::shared_ptr<const RequestContext>;

/// A context of the program's own background work.
inline RequestContextPtr BackgroundContext() { return std::make_shared<const RequestContext>(); }

/// The same request under another cancellation: work that outlives the caller's interest in it (the
/// third copy after two were acknowledged).
inline RequestContextPtr Detached(const RequestContextPtr& context) {
  auto detached = std::make_shared<RequestContext>(*context);
  detached->deadline = Instant::InfiniteFuture();
  detached->cancellation = std::make_shared<Cancellation>();
  return detached;
}

}  // namespace trebol
