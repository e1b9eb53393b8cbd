#include "gateway/object/bucket_claims.h"

#include <memory>
#include <utility>

namespace trebol {

void BucketClaims::Add(Claim claim) {
  MutexLock lock(&mutex_);
  claims_.push_back(std::move(claim));
}

void BucketClaims::ExpectOwner(const std::string& bucket, const std::string& owner) {
  MutexLock lock(&mutex_);
  for (Claim& claim : claims_) {
    if (claim.bucket == bucket) claim.expected_owner = owner;
  }
}

std::vector<BucketClaims::Claim> BucketClaims::All() const {
  MutexLock lock(&mutex_);
  return claims_;
}

void BucketClaims::Replace(std::vector<Claim> claims) {
  MutexLock lock(&mutex_);
  claims_ = std::move(claims);
}

void BucketClaims::NameIn(v1::Command* command) const {
  command->clear_checked_buckets();
  MutexLock lock(&mutex_);
  for (const Claim& claim : claims_) {
    v1::CheckedBucket& checked = *command->add_checked_buckets();
    checked.set_name(claim.bucket);
    checked.set_id(claim.id);
  }
}

RequestContextPtr WithClaims(const RequestContextPtr& context) {
  auto with_claims = std::make_shared<RequestContext>(*context);
  with_claims->claims = std::make_shared<BucketClaims>();
  return with_claims;
}

}  // namespace trebol
