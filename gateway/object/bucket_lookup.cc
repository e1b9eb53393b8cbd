#include "gateway/object/bucket_lookup.h"

#include <utility>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr absl::Duration kRecent = absl::Seconds(1);
// With more of them in use some are looked up again.
constexpr size_t kMostSeen = 10'000;
constexpr size_t kMostBytes = 16 * kMiB;

}  // namespace

Task<v1::BucketRow> BucketLookup::Find(RequestContextPtr context, std::string bucket) {
  CO_RETURN_IF_ERROR(ValidateBucketName(bucket));
  v1::LookupBucketRequest request;
  request.set_bucket(bucket);
  const Instant asked = clock_.Now();
  auto found = co_await metadata_->LookupBucket(std::move(context), std::move(request));
  if (ReasonOf(found.status()) == v1::BUCKET_NOT_FOUND) Forget(bucket);
  CO_RETURN_IF_ERROR(found.status());
  Remember(found->bucket(), asked);
  co_return std::move(*found->mutable_bucket());
}

Task<v1::BucketRow> BucketLookup::Recent(RequestContextPtr context, std::string bucket) {
  {
    MutexLock lock(&mutex_);
    const auto seen = seen_.find(bucket);
    if (seen != seen_.end() && clock_.Now() - seen->second.at <= kRecent) {
      co_return seen->second.row;
    }
  }
  co_return co_await Find(std::move(context), std::move(bucket));
}

Task<v1::BucketRow> BucketLookup::FindAllowed(RequestContextPtr context, Caller caller,
                                              std::string bucket, Action action) {
  CO_ASSIGN_OR_RETURN(v1::BucketRow recent, co_await Recent(context, bucket));
  if (Allowed(caller, recent, action).ok()) co_return recent;
  CO_ASSIGN_OR_RETURN(v1::BucketRow now, co_await Find(std::move(context), std::move(bucket)));
  CO_RETURN_IF_ERROR(Allowed(caller, now, action));
  co_return now;
}

Task<void> BucketLookup::Expect(RequestContextPtr context, std::string bucket) {
  {
    MutexLock lock(&mutex_);
    if (seen_.contains(bucket)) co_return absl::OkStatus();
  }
  auto found = co_await Find(std::move(context), std::move(bucket));
  co_return found.status();
}

void BucketLookup::Forget(const std::string& bucket) {
  MutexLock lock(&mutex_);
  seen_.erase(bucket);
}

void BucketLookup::Remember(const v1::BucketRow& row, Instant asked) {
  const size_t size = row.ByteSizeLong();
  if (size > kMostBytes / 16) return;
  MutexLock lock(&mutex_);
  bytes_ += size;
  if (seen_.size() >= kMostSeen || bytes_ > kMostBytes) {
    seen_.clear();
    bytes_ = size;
  }
  seen_[row.name()] = {row, asked};
}

}  // namespace trebol
