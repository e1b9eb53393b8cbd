#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/stub/metadata_stub.h"
#include "gateway/auth/access.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Finds buckets, and remembers them. Thread-safe.
class BucketLookup {
 public:
  BucketLookup(std::shared_ptr<MetadataStub> metadata, const Clock& clock)
      : metadata_(std::move(metadata)), clock_(clock) {}

  /// As it is now. BUCKET_NOT_FOUND, INVALID_BUCKET_NAME.
  Task<v1::BucketRow> Find(RequestContextPtr context, std::string bucket);

  /// As it was a second ago at most: what was changed through this gateway is known at once, what
  /// was changed through another after that second. Errors as Find.
  Task<v1::BucketRow> Recent(RequestContextPtr context, std::string bucket);

  /// The bucket, if the caller may do this to it: decided by what is recent, and before it is
  /// refused by what is now, so that a new grant counts at once and one that was taken away a
  /// second later. What is about the bucket itself (what it is set to, who may use it, its end) is
  /// decided by what is now. ACCESS_DENIED; BUCKET_NOT_FOUND also to those who have no key, as in
  /// S3. The request's commands are for this very bucket then (Claim).
  Task<v1::BucketRow> FindAllowed(RequestContextPtr context, Caller caller, std::string bucket,
                                  Action action);

  /// What FindAllowed does for who found a row and was allowed it: the request's commands name the
  /// bucket with that id, and reach no other of the name. Without an id: one that is not there.
  static void Claim(const RequestContext& context, const Caller& caller, const v1::BucketRow& row,
                    Action action);

  /// Everything that the request was let do, by what is now, when a bucket was replaced meanwhile.
  /// A bucket that is gone is claimed as that: commands decide what it means. ACCESS_DENIED.
  Task<void> CheckAgain(RequestContextPtr context);

  /// OK too if the bucket was there when this gateway last heard of it, which costs no call. For
  /// writes that are cheap to have made in vain: metadata decides at the commit whether it exists.
  Task<void> Expect(RequestContextPtr context, std::string bucket);

  /// It was changed, or metadata said that it does not exist. Nor is remembered what was asked for
  /// before.
  void Forget(const std::string& bucket);

 private:
  struct Seen {
    v1::BucketRow row;
    Instant at;  // when it was asked for
    size_t bytes = 0;
  };
  void Remember(const v1::BucketRow& row, Instant asked, uint64_t forgotten);
  void Erase(const std::string& bucket) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<MetadataStub> metadata_;
  const Clock& clock_;
  Mutex mutex_;
  absl::flat_hash_map<std::string, Seen> seen_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;        // of those rows
  uint64_t forgotten_ ABSL_GUARDED_BY(mutex_) = 0;  // times that anything was
};

}  // namespace trebol
