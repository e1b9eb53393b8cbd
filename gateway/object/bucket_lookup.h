#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/mutex.h"
#include "common/stub/metadata_stub.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Finds buckets, and remembers which were there. Thread-safe.
class BucketLookup {
 public:
  explicit BucketLookup(std::shared_ptr<MetadataStub> metadata) : metadata_(std::move(metadata)) {}

  /// As it is now. BUCKET_NOT_FOUND, INVALID_BUCKET_NAME.
  Task<v1::BucketRow> Find(RequestContextPtr context, std::string bucket);

  /// OK too if the bucket was there when this gateway last heard of it, which costs no call. For
  /// writes that are cheap to have made in vain: metadata decides at the commit whether it exists.
  Task<void> Expect(RequestContextPtr context, std::string bucket);

  /// Metadata said that it does not exist.
  void Forget(const std::string& bucket);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
  Mutex mutex_;
  absl::flat_hash_set<std::string> seen_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
