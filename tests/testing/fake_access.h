#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/mutex.h"
#include "common/rpc/status_conversion.h"
#include "trebol/v1/access.grpc.pb.h"

namespace trebol::testing {

/// The AccessService of a FakeGateway: keys and grants in memory, pages of two keys. Thread-safe.
class FakeAccess final : public v1::AccessService::Service {
 public:
  explicit FakeAccess(std::function<bool(const std::string&)> has_bucket)
      : has_bucket_(std::move(has_bucket)) {}

  /// With their secrets.
  std::map<std::string, v1::AccessKey> keys() const {
    MutexLock lock(&mutex_);
    return keys_;
  }
  v1::BucketAccess BucketOf(const std::string& bucket) const {
    MutexLock lock(&mutex_);
    const auto found = buckets_.find(bucket);
    return found == buckets_.end() ? v1::BucketAccess() : found->second;
  }

  grpc::Status CreateAccessKey(grpc::ServerContext*, const v1::CreateAccessKeyRequest* request,
                               v1::AccessKey* response) override {
    MutexLock lock(&mutex_);
    response->set_id(absl::StrCat("DRAWN", keys_.size()));
    response->set_secret(absl::StrCat("drawn-secret-", keys_.size()));
    Fill(*request, response);
    keys_[response->id()] = *response;
    return grpc::Status::OK;
  }

  grpc::Status ImportAccessKey(grpc::ServerContext*, const v1::ImportAccessKeyRequest* request,
                               v1::AccessKey* response) override {
    MutexLock lock(&mutex_);
    const auto found = keys_.find(request->id());
    if (found != keys_.end() && found->second.secret() != request->secret()) {
      return ToGrpcStatus(MakeError(absl::StatusCode::kAlreadyExists, v1::ACCESS_KEY_EXISTS,
                                    absl::StrCat("the key '", request->id(), "' exists")));
    }
    response->set_id(request->id());
    Fill(*request, response);
    keys_[request->id()] = *response;
    keys_[request->id()].set_secret(request->secret());
    return grpc::Status::OK;
  }

  grpc::Status ListAccessKeys(grpc::ServerContext*, const v1::ListAccessKeysRequest* request,
                              v1::ListAccessKeysResponse* response) override {
    MutexLock lock(&mutex_);
    constexpr int kPage = 2;
    for (const auto& [id, key] : keys_) {
      if (id <= request->page_token()) continue;
      if (!request->user().empty() && key.user() != request->user()) continue;
      if (response->keys_size() == kPage) {
        response->set_next_page_token(response->keys(kPage - 1).id());
        break;
      }
      *response->add_keys() = key;
      response->mutable_keys()->rbegin()->clear_secret();
    }
    return grpc::Status::OK;
  }

  grpc::Status DeleteAccessKey(grpc::ServerContext*, const v1::DeleteAccessKeyRequest* request,
                               v1::DeleteAccessKeyResponse*) override {
    MutexLock lock(&mutex_);
    if (keys_.erase(request->id()) > 0) return grpc::Status::OK;
    return ToGrpcStatus(MakeError(absl::StatusCode::kNotFound, v1::ACCESS_KEY_UNKNOWN,
                                  absl::StrCat("there is no key '", request->id(), "'")));
  }

  grpc::Status GetBucketAccess(grpc::ServerContext*, const v1::GetBucketAccessRequest* request,
                               v1::BucketAccess* response) override {
    if (!has_bucket_(request->bucket())) return NotFound(request->bucket());
    MutexLock lock(&mutex_);
    *response = Find(request->bucket());
    response->mutable_usage()->set_bytes(3 << 20);
    response->mutable_usage()->set_objects(2);
    response->mutable_usage()->set_old_versions(1);
    return grpc::Status::OK;
  }

  grpc::Status SetBucketAccess(grpc::ServerContext*, const v1::SetBucketAccessRequest* request,
                               v1::BucketAccess* response) override {
    if (!has_bucket_(request->bucket())) return NotFound(request->bucket());
    MutexLock lock(&mutex_);
    v1::BucketAccess& access = Find(request->bucket());
    std::map<std::string, v1::Grant::Right> rights;
    if (!request->only_these()) {
      for (const v1::Grant& grant : access.grants()) rights[grant.user()] = grant.right();
    }
    for (const v1::Grant& grant : request->grants()) rights[grant.user()] = grant.right();
    access.clear_grants();
    for (const auto& [user, right] : rights) {
      if (right == v1::Grant::RIGHT_UNSPECIFIED) continue;
      access.add_grants()->set_user(user);
      access.mutable_grants()->rbegin()->set_right(right);
    }
    if (request->has_anonymous()) access.set_anonymous(request->anonymous());
    if (!request->owner().empty()) access.set_owner(request->owner());
    *response = access;
    return grpc::Status::OK;
  }

  grpc::Status SetBucketQuota(grpc::ServerContext*, const v1::SetBucketQuotaRequest* request,
                              v1::BucketAccess* response) override {
    if (!has_bucket_(request->bucket())) return NotFound(request->bucket());
    MutexLock lock(&mutex_);
    Find(request->bucket()).set_quota_bytes(request->quota_bytes());
    *response = Find(request->bucket());
    return grpc::Status::OK;
  }

 private:
  template <typename Request>
  static void Fill(const Request& request, v1::AccessKey* key) {
    key->set_user(request.user().empty() ? key->id() : request.user());
    key->set_display_name(request.display_name().empty() ? key->user() : request.display_name());
    key->mutable_created()->set_seconds(1'700'000'000);
    if (request.has_expires()) *key->mutable_expires() = request.expires();
  }
  static grpc::Status NotFound(const std::string& bucket) {
    return ToGrpcStatus(MakeError(absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND,
                                  absl::StrCat("the bucket '", bucket, "' does not exist")));
  }
  v1::BucketAccess& Find(const std::string& bucket) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    v1::BucketAccess& access = buckets_[bucket];
    access.set_bucket(bucket);
    if (access.owner().empty()) access.set_owner("root");
    return access;
  }

  const std::function<bool(const std::string&)> has_bucket_;
  mutable Mutex mutex_;
  std::map<std::string, v1::AccessKey> keys_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, v1::BucketAccess> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol::testing
