#include "gateway/object/bucket_lookup.h"

#include <utility>

#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

// Of at most 63 bytes. With more of them in use some are looked up again.
constexpr size_t kMostSeen = 10'000;

}  // namespace

Task<v1::BucketRow> BucketLookup::Find(RequestContextPtr context, std::string bucket) {
  CO_RETURN_IF_ERROR(ValidateBucketName(bucket));
  v1::LookupBucketRequest request;
  request.set_bucket(bucket);
  auto found = co_await metadata_->LookupBucket(std::move(context), std::move(request));
  if (ReasonOf(found.status()) == v1::BUCKET_NOT_FOUND) Forget(bucket);
  CO_RETURN_IF_ERROR(found.status());
  {
    MutexLock lock(&mutex_);
    if (seen_.size() >= kMostSeen) seen_.clear();
    seen_.insert(std::move(bucket));
  }
  co_return std::move(*found->mutable_bucket());
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

}  // namespace trebol
