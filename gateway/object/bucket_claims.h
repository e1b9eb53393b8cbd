#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/async/request_context.h"
#include "common/base/mutex.h"
#include "gateway/auth/access.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What a request was let do in which buckets, each with the id that the bucket had then: its
/// commands name those, so that none reaches a bucket that was created since under the same name.
/// One for a request, in its context. Thread-safe.
class BucketClaims {
 public:
  struct Claim {
    Caller caller;
    Action action = Action::kVisit;
    std::string bucket;
    uint64_t id = 0;             // 0: there was none
    std::string expected_owner;  // whom the caller takes for its owner; empty: they do not say
  };

  void Add(Claim claim);
  /// The caller means this bucket as one of this owner, and no other.
  void ExpectOwner(const std::string& bucket, const std::string& owner);
  std::vector<Claim> All() const;
  void Replace(std::vector<Claim> claims);
  /// Names the buckets in a command, instead of those that it named.
  void NameIn(v1::Command* command) const;

 private:
  mutable Mutex mutex_;
  std::vector<Claim> claims_ ABSL_GUARDED_BY(mutex_);
};

/// The same request, at a door: what it is let do is kept from now on.
RequestContextPtr WithClaims(const RequestContextPtr& context);

}  // namespace trebol
