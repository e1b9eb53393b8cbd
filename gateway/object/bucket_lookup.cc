#include "gateway/object/bucket_lookup.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "gateway/object/bucket_claims.h"

namespace trebol {
namespace {

constexpr absl::Duration kRecent = absl::Seconds(1);
// With more of them in use some are looked up again.
constexpr size_t kMostSeen = 10'000;
constexpr size_t kMostBytes = 16 * kMiB;

// Those that tell what the bucket is now decide by what it is now.
bool NeedsPresent(Action action) {
  switch (action) {
    case Action::kVisit:
    case Action::kReadConfiguration:
    case Action::kReadAcl:
    case Action::kConfigure:
    case Action::kDeleteBucket:
      return true;
    default:
      return false;
  }
}

}  // namespace

Task<v1::BucketRow> BucketLookup::Find(RequestContextPtr context, std::string bucket) {
  CO_RETURN_IF_ERROR(ValidateBucketName(bucket));
  v1::LookupBucketRequest request;
  request.set_bucket(bucket);
  const Instant asked = clock_.Now();
  uint64_t forgotten = 0;
  {
    MutexLock lock(&mutex_);
    forgotten = forgotten_;
  }
  auto found = co_await metadata_->LookupBucket(std::move(context), std::move(request));
  if (ReasonOf(found.status()) == v1::BUCKET_NOT_FOUND) {
    MutexLock lock(&mutex_);
    Erase(bucket);
  }
  CO_RETURN_IF_ERROR(found.status());
  Remember(found->bucket(), asked, forgotten);
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
  v1::BucketRow row;
  bool allowed = false;
  if (!NeedsPresent(action)) {
    CO_ASSIGN_OR_RETURN(row, co_await Recent(context, bucket));
    allowed = Allowed(caller, row, action).ok();
  }
  if (!allowed) {
    CO_ASSIGN_OR_RETURN(row, co_await Find(context, std::move(bucket)));
    CO_RETURN_IF_ERROR(Allowed(caller, row, action));
  }
  Claim(*context, caller, row, action);
  co_return row;
}

void BucketLookup::Claim(const RequestContext& context, const Caller& caller,
                         const v1::BucketRow& row, Action action) {
  if (context.claims == nullptr) return;
  context.claims->Add({.caller = caller, .action = action, .bucket = row.name(), .id = row.id()});
}

Task<void> BucketLookup::CheckAgain(RequestContextPtr context) {
  std::vector<BucketClaims::Claim> claims = context->claims->All();
  for (BucketClaims::Claim& claim : claims) {
    auto row = co_await Find(context, claim.bucket);
    if (ReasonOf(row.status()) == v1::BUCKET_NOT_FOUND) {
      claim.id = 0;
      continue;
    }
    CO_RETURN_IF_ERROR(row.status());
    CO_RETURN_IF_ERROR(Allowed(claim.caller, *row, claim.action));
    if (!claim.expected_owner.empty() && claim.expected_owner != OwnerOf(*row)) {
      co_return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                          absl::StrCat("the bucket '", claim.bucket, "' is another's now"));
    }
    claim.id = row->id();
  }
  context->claims->Replace(std::move(claims));
  co_return absl::OkStatus();
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
  ++forgotten_;
  Erase(bucket);
}

void BucketLookup::Erase(const std::string& bucket) {
  const auto seen = seen_.find(bucket);
  if (seen == seen_.end()) return;
  bytes_ -= seen->second.bytes;
  seen_.erase(seen);
}

void BucketLookup::Remember(const v1::BucketRow& row, Instant asked, uint64_t forgotten) {
  const size_t size = row.ByteSizeLong();
  MutexLock lock(&mutex_);
  // What was asked for before a change may tell how it was before.
  if (forgotten != forgotten_) return;
  Erase(row.name());
  if (size > kMostBytes / 16) return;
  if (seen_.size() >= kMostSeen || bytes_ + size > kMostBytes) {
    seen_.clear();
    bytes_ = 0;
  }
  bytes_ += size;
  seen_[row.name()] = {row, asked, size};
}

}  // namespace trebol
